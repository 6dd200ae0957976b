"""Bringing the site up and down."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from partsearch.database import embedded
from partsearch.database.account import Account, site_account
from partsearch.database.configured import database_address, direct_database_address
from partsearch.database.reachability import require_awake, wait_until_reachable
from partsearch.operation import launch, nginx, ports
from partsearch.operation.answering import wait_until_answering
from partsearch.operation.errors import StartError
from partsearch.operation.home import Home
from partsearch.operation.processes import Process, Service, site_processes
from partsearch.operation.supervisor import Supervisor, service_environment
from partsearch.secret_key import secret_key
from partsearch.settings import Settings, settings

_DATABASE_SECONDS = 60
_ANSWER_SECONDS = 60
_PREPARE_SECONDS = 3600
_DOWN_SECONDS = 120

Say = Callable[[str], None]


class Site:
    """The site of these settings."""

    def __init__(self, of: Settings | None = None) -> None:
        self.settings = of or settings()
        self.home = Home(self.settings.partsearch_home)
        self.supervisor = Supervisor(self.home)
        self.processes = site_processes(self.settings, self.home)

    def url(self, path: str = "/") -> str:
        """The public address of ``path``."""
        return f"http://127.0.0.1:{self.settings.partsearch_port}{path}"

    def is_up(self) -> bool:
        """Whether the supervisor of this home runs."""
        return self.supervisor.pid() is not None

    def up(self, say: Say) -> None:
        """Starts everything and returns when it answers; what runs already is left alone.

        Args:
            say: takes a line for each step.

        Raises:
            PartsearchError: something does not start; then nothing is left running that was not before.
        """
        with self.home.lock():
            if self.is_up():
                self._start_services(say)
                return
            account = site_account()
            self._prepare(account, say)
            self.supervisor.start(self.processes, account, service_environment(self.home, self._environment()))
            try:
                self._start_database(say)
                self._prepare_database(say)
                self._start_services(say)
            except BaseException:
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

    def _prepare(self, account: Account, say: Say) -> None:
        """Makes everything ready that does not need a running process."""
        for folder in self.home.prepare(account):
            say(f"The account '{account.name}' may now pass through {folder} (chmod o+x).")
        if self._end_leftovers():
            say("Ended what a killed site had left running.")
        ports.require_free(self.processes)
        if self.settings.database_url is None:
            if not embedded.is_initialised(self.home.root):
                say("Making the embedded PostgreSQL.")
            embedded.initialise(self.home.root, account)
            embedded.configure(self.settings, account)
        else:
            require_awake(database_address(self.settings))
        temporary = self.home.run / "nginx"
        temporary.mkdir(exist_ok=True)
        account.own(temporary)
        account.own(nginx.write_configuration(self.settings, self.home))

    def _end_leftovers(self) -> bool:
        ended = [
            launch.end_group(
                process.group_file(self.home), signal.Signals[f"SIG{process.stop_signal}"], process.stop_seconds
            )
            for process in reversed(self.processes)
        ]
        return any(ended)

    def _environment(self) -> dict[str, str]:
        """The settings of the services: resolved here, so that they need read neither ``.env`` nor the key's file."""
        values = self.settings.environment()
        values.setdefault("SECRET_KEY", secret_key(self.home.root))
        values["PARTSEARCH_RELEASE"] = self.settings.release()
        return values

    def _start_database(self, say: Say) -> None:
        if self.settings.database_url is None:
            say("Starting PostgreSQL.")
            self.supervisor.start_process(Service.POSTGRES)
            wait_until_reachable(embedded.superuser_address(self.settings), _DATABASE_SECONDS)
            embedded.create_database(self.settings)

    def _prepare_database(self, say: Say) -> None:
        say("Bringing the tables up to date.")
        require_awake(direct_database_address(self.settings))
        self._manage("migrate", "--noinput", "--verbosity", "0")
        self._manage("collectstatic", "--noinput", "--verbosity", "0")

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "django", *arguments]
        environment = {
            **os.environ,
            **self._environment(),
            "DJANGO_SETTINGS_MODULE": "partsearch.django_service.serving"
            if arguments[0] == "collectstatic"
            else "partsearch.django_service.settings",
        }
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_PREPARE_SECONDS, check=False
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise StartError(
                f"'manage {arguments[0]}' failed: {said}", f"Run 'partsearch manage {arguments[0]}' to see it whole."
            )

    def _start_services(self, say: Say) -> None:
        say("Starting the services.")
        web = [process for process in self.processes if process.service is not Service.POSTGRES]
        for process in self.processes:
            self.supervisor.start_process(process.service)
        for process in web:
            self._wait_until_answering(process)

    def _wait_until_answering(self, process: Process) -> None:
        host = self.settings.allowed_hosts[0].lstrip(".").replace("*", "localhost")
        reason = wait_until_answering(f"http://127.0.0.1:{process.port}/readyz", host, _ANSWER_SECONDS)
        if reason:
            raise StartError(
                f"{process.service} does not answer on port {process.port}: {reason}.",
                f"See {self.supervisor.log(process.service)}.",
            )
