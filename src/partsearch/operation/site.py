"""Bringing the site up and down."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from partsearch.database import embedded
from partsearch.database.command_errors import next_step_for, without_driver
from partsearch.database.configured import database_address, direct_database_address
from partsearch.database.lock_files import remove_foreign_locks
from partsearch.database.reachability import require_awake, wait_until_reachable
from partsearch.errors import PartsearchError
from partsearch.operation import ports, slots
from partsearch.operation.errors import OperationError, StartError
from partsearch.operation.home import Home
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.nginx.configuration import write_configuration
from partsearch.operation.nginx.request_log import request_log_file
from partsearch.operation.nginx.traffic import TrafficState, read_state, write_state
from partsearch.operation.programs import release_processes
from partsearch.operation.release import Release, checkout_release, installed_release
from partsearch.operation.slots import SlotStatus
from partsearch.operation.supervision.leftovers import end_group, end_leftovers, group_pids, kill_group
from partsearch.operation.supervision.processes import Process, process_name, shared_processes, slot_processes
from partsearch.operation.supervision.readiness import NotReadyError, wait_until_ready
from partsearch.operation.supervision.start_watch import StartWatch
from partsearch.operation.supervision.supervisor import Supervisor, service_environment
from partsearch.secret_key import secret_key
from partsearch.settings import Settings, settings
from partsearch.system import priority
from partsearch.system.commands import CommandFailedError, run_command

_DATABASE_SECONDS = 60
_ANSWER_SECONDS = 60
_PREPARE_SECONDS = 3600
_DOWN_SECONDS = 120
_STOP_SECONDS = 30
_GENTLE_SECONDS = 5
_POLL_SECONDS = 0.1

Say = Callable[[str], None]


class Site:
    """The site of these settings."""

    def __init__(self, of: Settings | None = None) -> None:
        self.settings = of or settings()
        self.home = Home(self.settings.partsearch_home)
        self.supervisor = Supervisor(self.home)
        self._shared = shared_processes(self.settings, self.home)

    @property
    def processes(self) -> list[Process]:
        """Every process of the site, in the order in which they start: as it runs, or as it would be started."""
        runs = self.is_up() or bool(self.orphans())
        releases = (slots.assigned_releases(self.home) if runs else {}) or {Slot.BLUE: self.release_to_run()}
        of_slots = [
            process for slot, release in releases.items() for process in slot_processes(self.settings, slot, release)
        ]
        return sorted([*self._shared, *of_slots], key=lambda process: list(Service).index(process.service))

    def release_that_runs(self) -> Release:
        """The release that has the visitors; of a site that is down, the one that it would have."""
        there = slots.assigned_releases(self.home) if self.is_up() else {}
        return there.get(read_state(self.home).active) or self.release_to_run()

    def release_to_run(self) -> Release:
        """The release that the site had last, where that is an installed one; else the checkout."""
        state = read_state(self.home)
        last = installed_release(self.home.root, state.releases.get(state.active, ""))
        return last or checkout_release(self.settings)

    def url(self, path: str = "/") -> str:
        """The public address of ``path``."""
        return f"http://127.0.0.1:{self.settings.partsearch_port}{path}"

    def is_up(self) -> bool:
        """Whether the supervisor of this home runs."""
        return self.supervisor.pid() is not None

    def orphans(self) -> dict[str, list[int]]:
        """Return the processes that run although their supervisor is gone, by the name of the process."""
        return {} if self.is_up() else group_pids(self.home)

    def up(self, say: Say) -> None:
        """Starts everything and returns when it answers; what runs already is left alone.

        Args:
            say: takes a line for each step.

        Raises:
            PartsearchError: something does not start; then nothing is left running that was not before.
        """
        with self.home.lock():
            if self.is_up():
                self._start_again(say)
                return
            self._prepare(say)
            self.supervisor.start(self._shared, service_environment(self.home, self._environment()))
            try:
                self._start_database(say)
                self._prepare_database(say)
                self._start_services(say)
            except BaseException as error:
                if isinstance(error, PartsearchError):
                    say(f"{error} Stopping what was started.")
                self.supervisor.shut_down(_DOWN_SECONDS)
                raise

    def down(self) -> bool:
        """Stops everything; whether there was anything to stop. The data stays."""
        with self.home.lock():
            was_up = self.is_up()
            self.supervisor.shut_down(_DOWN_SECONDS)
            ended = self._end_leftovers()
            self.home.remove_sockets_outside()
            return ended or was_up

    def slots(self) -> dict[Slot, SlotStatus]:
        """The slots that have a release, and what they are doing."""
        known = self.supervisor.processes() if self.is_up() else {}
        found = {}
        for slot, release in slots.assigned_releases(self.home).items() if known else ():
            told = {service: known.get(process_name(service, slot), {}) for service in RELEASE_SERVICES}
            pids = {service: one.get("pid") or None for service, one in told.items()}
            states = {service: one.get("statename", "UNKNOWN") for service, one in told.items()}
            found[slot] = SlotStatus(release, pids, states)
        return found

    def start_slot(
        self, slot: Slot, release: Release, say: Say, seconds: float = _ANSWER_SECONDS, *, is_gentle: bool = False
    ) -> None:
        """Starts a release in the place of a slot that has no visitors; returns when both services answer.

        The caller sees to it that nobody else starts or stops anything meanwhile.

        Args:
            slot: the place; what runs there is stopped first.
            release: what is to run there.
            say: takes a line.
            seconds: how long the services may take.
            is_gentle: whether others come first, until ``hurry_slot`` or for a few seconds, be they too busy.

        Raises:
            StartError, PortTakenError: it does not start; then nothing is left running of it.
            OperationError: the site is not up, or the slot has the visitors.
        """
        self.stop_slot(slot)
        say(f"Starting {release.id} as {slot}.")
        try:
            watch = self._watch()
            processes = self._add_slot(slot, release, watch)
            with self._gentle(slot) if is_gentle else nullcontext():
                for process in processes:
                    self._wait_until_answering(process, watch, seconds)
        except BaseException:
            self.stop_slot(slot)
            raise
        state = read_state(self.home)
        write_state(self.home, replace(state, releases={**state.releases, slot: release.id}))

    @contextmanager
    def _gentle(self, slot: Slot) -> Iterator[None]:
        """Lets others come first, but not for so long that a slot on a busy machine would not start in time."""
        self._each_group(slot, priority.lower_group)
        timer = threading.Timer(_GENTLE_SECONDS, self.hurry_slot, [slot])
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def hurry_slot(self, slot: Slot) -> None:
        """Lets a slot that was started gently take the processor like all others."""
        self._each_group(slot, priority.raise_group)

    def _each_group(self, slot: Slot, do: Callable[[int], None]) -> None:
        """Each service of a slot is a process group, named after the process that the supervisor started."""
        status = self.slots().get(slot)
        for pid in filter(None, status.pids.values() if status else ()):
            do(pid)

    def kill_service(self, slot: Slot, service: Service) -> None:
        """Ends a service of a slot by force, whatever it is doing: Nginx has its requests answered by the other one.

        The supervisor starts it again; ``stop_slot`` ends that.
        """
        kill_group(self.home, process_name(service, slot))

    def stop_slot(self, slot: Slot) -> None:
        """Stops what runs in the place of a slot that has no visitors, and forgets it.

        Raises:
            StartError: it does not stop.
            OperationError: the site is not up, or the slot has the visitors.
        """
        self._require_free_of_visitors(slot)
        state = read_state(self.home)
        if slot in state.releases:
            releases = {other: release for other, release in state.releases.items() if other is not slot}
            write_state(self.home, replace(state, releases=releases))
        self.supervisor.remove_slot(slot, [process_name(service, slot) for service in RELEASE_SERVICES], _STOP_SECONDS)
        for service in RELEASE_SERVICES:
            end_group(self.home, process_name(service, slot), service)
        slots.clear_release(self.home, slot)

    def _require_free_of_visitors(self, slot: Slot) -> None:
        if not self.is_up():
            raise OperationError("The site is not up.", "Start it with 'partsearch up'.")
        state = read_state(self.home)
        if slot is state.active or (slot is state.new and state.share > 0):
            raise OperationError(f"Visitors are sent to {slot}.", "Send them to the other slot first.")

    def _watch(self) -> StartWatch:
        return StartWatch(self.supervisor, self.settings)

    def _add_slot(self, slot: Slot, release: Release, watch: StartWatch) -> list[Process]:
        """Starts a release, without waiting until it answers."""
        environment = {**self._environment(), "PARTSEARCH_RELEASE": release.id}
        processes = release_processes(self.settings, slot, release, {**os.environ, **environment})
        ports.require_free(processes)
        slots.assign_release(self.home, slot, release)
        self.supervisor.add_slot(slot, processes, {"PARTSEARCH_RELEASE": release.id})
        self._start_all(processes, watch)
        return processes

    def _start_all(self, processes: Sequence[Process], watch: StartWatch) -> None:
        watch.add(processes)
        for process in processes:
            self.supervisor.start_process(process.name)

    def _prepare(self, say: Say) -> None:
        """Makes everything ready that does not need a running process."""
        self.home.prepare()
        if self._end_leftovers():
            say("Ended what a killed site had left running.")
        ports.require_free(self.processes)
        if self.settings.database_url is None:
            if not embedded.is_initialised(self.home.root):
                say("Making the embedded PostgreSQL.")
            embedded.initialise(self.home.root)
            embedded.configure(self.settings)
            remove_foreign_locks(embedded.data_folder(self.home.root), self.home.sockets)
        else:
            require_awake(database_address(self.settings))
        (self.home.run / "nginx").mkdir(exist_ok=True)
        write_configuration(self.settings, self.home)
        request_log_file(self.home).unlink(missing_ok=True)

    def _end_leftovers(self) -> bool:
        """Ends what a killed site has left running, and forgets which slots it had."""
        for slot in Slot:
            slots.clear_release(self.home, slot)
        return end_leftovers(self.home)

    def _environment(self) -> dict[str, str]:
        """The settings of the services: resolved here, so that they need read neither ``.env`` nor the key's file."""
        values = self.settings.environment()
        values.setdefault("SECRET_KEY", secret_key(self.home.root))
        values["PARTSEARCH_RELEASE"] = self.settings.release()
        return values

    def _start_database(self, say: Say) -> None:
        if self.settings.database_url is None:
            say("Starting PostgreSQL.")
            watch = self._watch()
            self._start_all([process for process in self._shared if process.service is Service.POSTGRES], watch)
            wait_until_reachable(embedded.superuser_address(self.settings), _DATABASE_SECONDS, watch.check)
            embedded.create_database(self.settings)

    def _prepare_database(self, say: Say) -> None:
        say("Bringing the tables up to date.")
        require_awake(direct_database_address(self.settings))
        release = self.release_to_run()
        self._manage(release, "migrate", "--noinput", "--verbosity", "0")
        if release.root is None:
            self._manage(release, "collectstatic", "--noinput", "--verbosity", "0")

    def _manage(self, release: Release, *arguments: str) -> None:
        command = [str(release.python), "-P", "-m", "django", *arguments]
        environment = {
            **os.environ,
            **self._environment(),
            "DJANGO_SETTINGS_MODULE": "partsearch.django_service.serving"
            if arguments[0] == "collectstatic"
            else "partsearch.django_service.settings",
        }
        try:
            run_command(command, _PREPARE_SECONDS, environment=environment)
        except CommandFailedError as error:
            cause = str(error)
            raise StartError(
                f"'manage {arguments[0]}' failed: {without_driver(cause)}.",
                next_step_for(cause) or f"Run 'partsearch manage {arguments[0]}' to see it whole.",
            ) from error

    def _start_services(self, say: Say) -> None:
        """Starts what is to run, in blue, and sends all visitors there."""
        say("Starting the services.")
        release = self.release_to_run()
        watch = self._watch()
        web = self._add_slot(Slot.BLUE, release, watch)
        write_state(self.home, TrafficState(releases={Slot.BLUE: release.id}))
        self._start_all(self._shared, watch)
        self._wait_until_all_answer([*web, *self._shared], watch)

    def _start_again(self, say: Say) -> None:
        """Starts what was stopped of a site that is up; of the slots, the one that has the visitors."""
        say("Starting the services.")
        active = read_state(self.home).active
        wanted = [process for process in self.processes if process.slot in (None, active)]
        watch = self._watch()
        self._start_all(wanted, watch)
        self._wait_until_all_answer(wanted, watch)

    def _wait_until_all_answer(self, processes: Sequence[Process], watch: StartWatch) -> None:
        """Those that cannot be asked have to run, a second long."""
        for process in processes:
            self._wait_until_answering(process, watch)
        while not watch.all_run():
            watch.check()
            time.sleep(_POLL_SECONDS)

    def _wait_until_answering(self, process: Process, watch: StartWatch, seconds: float = _ANSWER_SECONDS) -> None:
        if process.service not in (*RELEASE_SERVICES, Service.NGINX):
            return
        address = f"http://127.0.0.1:{process.port}/readyz"
        try:
            wait_until_ready(address, self.settings.own_host(), seconds, watch.check)
        except NotReadyError as error:
            raise StartError(
                f"{process.service} does not answer on port {process.port}: {error}.",
                f"See {self.supervisor.log(process.name)}.",
            ) from error
