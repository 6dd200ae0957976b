"""The running site: start and stop it, start and stop a release in a slot."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from partsearch.database import embedded
from partsearch.database.address.configured import database_address, direct_database_address
from partsearch.database.embedded.lock_files import remove_stale_locks
from partsearch.database.errors.command_errors import next_step_for, without_exception_name
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

Report = Callable[[str], None]
"""Takes a line about each step, for the user."""


class Site:
    """The site of one home.

    Args:
        site_settings: its settings; absent, those of this process.
    """

    def __init__(self, site_settings: Settings | None = None) -> None:
        self.settings = site_settings or settings()
        self.home = Home(self.settings.partsearch_home)
        self.supervisor = Supervisor(self.home)
        self._shared = shared_processes(self.settings, self.home)

    @property
    def processes(self) -> list[Process]:
        """Every process of the site in the order of starting: those that run, or else those that 'up' would start."""
        runs = self.is_up() or bool(self.orphans())
        releases = (slots.assigned_releases(self.home) if runs else {}) or {Slot.BLUE: self.release_to_run()}
        of_slots = [
            process for slot, release in releases.items() for process in slot_processes(self.settings, slot, release)
        ]
        return sorted([*self._shared, *of_slots], key=lambda process: list(Service).index(process.service))

    def release_that_runs(self) -> Release:
        """Return the release that gets the traffic; of a site that is down, the one that 'up' would start."""
        releases = slots.assigned_releases(self.home) if self.is_up() else {}
        return releases.get(read_state(self.home).active) or self.release_to_run()

    def release_to_run(self) -> Release:
        """Return the release that the site had last if it is installed in the home, else the checkout."""
        state = read_state(self.home)
        last = installed_release(self.home.root, state.releases.get(state.active, ""))
        return last or checkout_release(self.settings)

    def url(self, path: str = "/") -> str:
        """Return the public address of ``path``."""
        return f"http://127.0.0.1:{self.settings.partsearch_port}{path}"

    def is_up(self) -> bool:
        """Return whether the supervisor of this home runs."""
        return self.supervisor.pid() is not None

    def orphans(self) -> dict[str, list[int]]:
        """Return the processes that run without their supervisor, by name."""
        return {} if self.is_up() else group_pids(self.home)

    def up(self, report: Report) -> None:
        """Start everything and return when it answers. Processes that run already are left alone.

        Args:
            report: takes a line about each step.

        Raises:
            PartsearchError: a process does not start; everything that this call started has been stopped.
        """
        with self.home.lock():
            if self.is_up():
                self._start_again(report)
                return
            self._prepare(report)
            self.supervisor.start(self._shared, service_environment(self.home, self._environment()))
            try:
                self._start_database(report)
                self._prepare_database(report)
                self._start_services(report)
            except BaseException as error:
                if isinstance(error, PartsearchError):
                    report(f"{error} Stopping what was started.")
                self.supervisor.shut_down(_DOWN_SECONDS)
                raise

    def down(self) -> bool:
        """Stop everything and return whether anything ran. The data stays."""
        with self.home.lock():
            was_up = self.is_up()
            self.supervisor.shut_down(_DOWN_SECONDS)
            ended = self._end_leftovers()
            self.home.remove_sockets_outside()
            return ended or was_up

    def slots(self) -> dict[Slot, SlotStatus]:
        """Return the slots that have a release, with their status."""
        known = self.supervisor.processes() if self.is_up() else {}
        found = {}
        for slot, release in slots.assigned_releases(self.home).items() if known else ():
            processes = {service: known.get(process_name(service, slot), {}) for service in RELEASE_SERVICES}
            pids = {service: process.get("pid") or None for service, process in processes.items()}
            states = {service: process.get("statename", "UNKNOWN") for service, process in processes.items()}
            found[slot] = SlotStatus(release, pids, states)
        return found

    def start_slot(
        self, slot: Slot, release: Release, report: Report, seconds: float = _ANSWER_SECONDS, *, is_gentle: bool = False
    ) -> None:
        """Start a release in a slot that gets no traffic; return when both services answer.

        The caller makes sure that no other command starts or stops anything meanwhile.

        Args:
            slot: the slot; what runs there is stopped first.
            release: the release.
            report: takes a line about each step.
            seconds: how long the services may take.
            is_gentle: whether it starts with a low priority, until ``raise_priority`` or for a few seconds.

        Raises:
            StartError, PortTakenError: it does not start; no process of it is left.
            OperationError: the site is not up, or the slot gets traffic.
        """
        self.stop_slot(slot)
        report(f"Starting {release.id} as {slot}.")
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
        """Give a slot a low priority within the block, but only for a few seconds: it has to start in time."""
        self._each_group(slot, priority.lower_group)
        timer = threading.Timer(_GENTLE_SECONDS, self.raise_priority, [slot])
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def raise_priority(self, slot: Slot) -> None:
        """Give a slot that was started with a low priority the normal one."""
        self._each_group(slot, priority.raise_group)

    def _each_group(self, slot: Slot, do: Callable[[int], None]) -> None:
        """Call ``do`` with the process group of each service: its number is the pid that the supervisor knows."""
        status = self.slots().get(slot)
        for pid in filter(None, status.pids.values() if status else ()):
            do(pid)

    def kill_service(self, slot: Slot, service: Service) -> None:
        """Kill a service of a slot with its requests; Nginx sends those to the other slot.

        The supervisor starts it again until ``stop_slot``.
        """
        kill_group(self.home, process_name(service, slot))

    def stop_slot(self, slot: Slot) -> None:
        """Stop the release of a slot that gets no traffic; the slot has none afterwards.

        Raises:
            StartError: it does not stop.
            OperationError: the site is not up, or the slot gets traffic.
        """
        self._require_no_traffic(slot)
        state = read_state(self.home)
        if slot in state.releases:
            releases = {other: release for other, release in state.releases.items() if other is not slot}
            write_state(self.home, replace(state, releases=releases))
        self.supervisor.remove_slot(slot, [process_name(service, slot) for service in RELEASE_SERVICES], _STOP_SECONDS)
        for service in RELEASE_SERVICES:
            end_group(self.home, process_name(service, slot), service)
        slots.clear_release(self.home, slot)

    def _require_no_traffic(self, slot: Slot) -> None:
        if not self.is_up():
            raise OperationError("The site is not up.", "Start it with 'partsearch up'.")
        state = read_state(self.home)
        if slot is state.active or (slot is state.new and state.weight > 0):
            raise OperationError(f"{slot} gets traffic.", "Send the traffic to the other slot first.")

    def _watch(self) -> StartWatch:
        return StartWatch(self.supervisor, self.settings)

    def _add_slot(self, slot: Slot, release: Release, watch: StartWatch) -> list[Process]:
        """Start a release without waiting until it answers; return its processes."""
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

    def _prepare(self, report: Report) -> None:
        """Prepare everything that needs no running process: folders, the database cluster, Nginx's configuration."""
        self.home.prepare()
        if self._end_leftovers():
            report("Ended the processes that a killed site had left.")
        ports.require_free(self.processes)
        if self.settings.database_url is None:
            if not embedded.is_initialised(self.home.root):
                report("Creating the embedded PostgreSQL.")
            embedded.initialise(self.home.root)
            embedded.configure(self.settings)
            remove_stale_locks(embedded.data_folder(self.home.root), self.home.sockets)
        else:
            require_awake(database_address(self.settings))
        (self.home.run / "nginx").mkdir(exist_ok=True)
        write_configuration(self.settings, self.home)
        request_log_file(self.home).unlink(missing_ok=True)

    def _end_leftovers(self) -> bool:
        """End the processes that a killed site has left, and forget its slots; return whether there were any."""
        for slot in Slot:
            slots.clear_release(self.home, slot)
        return end_leftovers(self.home)

    def _environment(self) -> dict[str, str]:
        """Return the settings of the services, resolved: they read neither ``.env`` nor the file of the key."""
        values = self.settings.environment()
        values.setdefault("SECRET_KEY", secret_key(self.home.root))
        values["PARTSEARCH_RELEASE"] = self.settings.release()
        return values

    def _start_database(self, report: Report) -> None:
        if self.settings.database_url is None:
            report("Starting PostgreSQL.")
            watch = self._watch()
            self._start_all([process for process in self._shared if process.service is Service.POSTGRES], watch)
            wait_until_reachable(embedded.superuser_address(self.settings), _DATABASE_SECONDS, watch.check)
            embedded.create_database(self.settings)

    def _prepare_database(self, report: Report) -> None:
        report("Migrating the database.")
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
                f"'manage {arguments[0]}' failed: {without_exception_name(cause)}.",
                next_step_for(cause) or f"Run 'partsearch manage {arguments[0]}' to see all of its output.",
            ) from error

    def _start_services(self, report: Report) -> None:
        """Start the release in blue, with everything else, and send all traffic there."""
        report("Starting the services.")
        release = self.release_to_run()
        watch = self._watch()
        services = self._add_slot(Slot.BLUE, release, watch)
        write_state(self.home, TrafficState(releases={Slot.BLUE: release.id}))
        self._start_all(self._shared, watch)
        self._wait_until_all_answer([*services, *self._shared], watch)

    def _start_again(self, report: Report) -> None:
        """Start the processes of a running site that are stopped; of the slots, the one that gets the traffic."""
        report("Starting the services.")
        active = read_state(self.home).active
        processes = [process for process in self.processes if process.slot in (None, active)]
        watch = self._watch()
        self._start_all(processes, watch)
        self._wait_until_all_answer(processes, watch)

    def _wait_until_all_answer(self, processes: Sequence[Process], watch: StartWatch) -> None:
        """Return when every process answers. Those without a port have to run for a second."""
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
