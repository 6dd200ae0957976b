"""The supervisor of the site's processes: supervisord, its configuration and its API.

Why supervisord: ``docs/decisions/supervisor.md``.
"""

import os
import resource
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
from supervisor.xmlrpc import SupervisorTransport

from partsearch.database.account import refuse_root
from partsearch.operation.errors import StartError
from partsearch.operation.home import Home
from partsearch.operation.names import OLD_HEALTH_CHECKER, current_name
from partsearch.operation.supervision.processes import Process, Service, Slot
from partsearch.system.commands import non_empty_lines
from partsearch.system.machine_advice import machine_advice

_LOG_BYTES = "10MB"
_LOGS_KEPT = 5
_OPEN_FILES = 16_384
_START_SECONDS = 15
_POLL_SECONDS = 0.05
_NOT_WAITING = False
_REQUESTS_SECONDS = 0.7
"""How long Nginx takes at most to end if it has no WebSockets: by then the requests in flight have ended."""
_HOW_TO_GET_HELP = "For help, use "
_AT_REST = ("STOPPED", "EXITED", "FATAL")
_SERVING = ("STARTING", "RUNNING")
_ORDER = {service: order for order, service in enumerate(Service)}
_NONE: Mapping[str, str] = {}

Environment = Mapping[str, str]


class Supervisor:
    """The supervisor of one home, running or not.

    Args:
        home: the home.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._socket = home.sockets / "supervisor.sock"
        self._pid_file = home.run / "supervisord.pid"
        self._configuration = home.run / "supervisord.conf"

    def pid(self) -> int | None:
        """Return the pid of the supervisor; ``None`` if it does not run, even if a pid file is left."""
        try:
            pid = int(self._pid_file.read_text())
            command = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if str(self._configuration) in command else None

    def start(self, processes: Iterable[Process], environment: Mapping[str, str]) -> None:
        """Start the supervisor with these processes, all of them stopped.

        Raises:
            StartError: it does not start.
        """
        refuse_root()
        for slot in Slot:
            self._slot_configuration(slot).unlink(missing_ok=True)
        self._rename_old_logs()
        self._write_configuration(processes)
        for stale in (self._socket, self._pid_file):
            stale.unlink(missing_ok=True)
        command = [sys.executable, "-P", "-m", "partsearch.operation.supervisord", "-c", str(self._configuration)]
        output = self._home.logs / "supervisord.out"
        with output.open("w") as file:
            process = subprocess.Popen(
                command,
                cwd=self._home.root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_answers(process, output)

    def _wait_until_it_answers(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.answers():
                return
            if process.poll() is not None:
                lines = non_empty_lines(output.read_text(errors="replace"))
                errors = [line for line in lines if not line.startswith(_HOW_TO_GET_HELP)] or ["it prints nothing"]
                raise StartError(
                    f"The supervisor does not start: {errors[-1].removeprefix('Error: ').rstrip('.')}.",
                    machine_advice(errors[-1], self._home.root) or f"See its output in {output}.",
                )
            time.sleep(_POLL_SECONDS)
        raise StartError("The supervisor does not answer.", f"See its output in {output}.")

    def answers(self) -> bool:
        """Return whether the supervisor answers."""
        try:
            self._call("getState")
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def add_slot(self, slot: Slot, processes: Sequence[Process], environment: Environment) -> None:
        """Add the processes of a slot, all of them stopped. The slot must have none before.

        Args:
            slot: the slot.
            processes: its processes.
            environment: variables that these processes have in addition to the supervisor's, or instead of them.

        Raises:
            StartError: the supervisor does not accept them.
        """
        refuse_root()
        path = self._slot_configuration(slot)
        path.write_text(
            "\n".join(self._program(process, _ORDER[process.service], environment) for process in processes),
            encoding="utf-8",
        )
        path.chmod(0o600)
        try:
            self._call("reloadConfig")
            for process in processes:
                self._call("addProcessGroup", process.name)
        except xmlrpc.client.Fault as fault:
            raise StartError(
                f"The supervisor does not accept the processes of {slot}: {fault.faultString}.",
                f"See {self._home.logs / 'supervisord.log'}.",
            ) from fault

    def remove_slot(self, slot: Slot, names: Iterable[str], seconds: float) -> None:
        """Stop and remove those of the named processes that exist.

        Raises:
            StartError: they still run after ``seconds``.
        """
        present = [name for name in names if name in self.processes()]
        for name in present:
            with suppress(xmlrpc.client.Fault):
                self._call("stopProcess", name, _NOT_WAITING)
        deadline = time.monotonic() + seconds
        while any(self.processes()[name]["statename"] not in _AT_REST for name in present):
            if time.monotonic() > deadline:
                raise StartError(f"{' and '.join(present)} do not stop.", f"See {self._home.logs / 'supervisord.log'}.")
            time.sleep(_POLL_SECONDS)
        for name in present:
            self._call("removeProcessGroup", name)
        self._slot_configuration(slot).unlink(missing_ok=True)

    def _slot_configuration(self, slot: Slot) -> Path:
        return self._home.run / f"supervisord-{slot}.conf"

    def start_process(self, name: str) -> None:
        """Start a process without waiting until it answers; nothing happens if it runs already.

        A process that waits for its next attempt is started at once. One that ends at once is no error here:
        ``StartWatch`` reports why.
        """
        known = self.processes().get(name, {})
        own_name = known.get("name", name)
        if known.get("statename") == "BACKOFF":
            self._call("stopProcess", own_name)
        try:
            self._call("startProcess", own_name, _NOT_WAITING)
        except xmlrpc.client.Fault as fault:
            if not fault.faultString.startswith(("ALREADY_STARTED", "SPAWN_ERROR")):
                raise StartError(f"{name} cannot be started: {fault.faultString}.", f"See {self.log(name)}.") from fault

    def processes(self) -> dict[str, dict[str, Any]]:
        """Return what the supervisor reports of each process, by its current name.

        A report has the ``name`` that the supervisor knows, ``statename``, ``pid``, ``start`` and ``now``.
        """
        found = cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        return {current_name(process["name"]): process for process in found}

    def shut_down(self, seconds: float) -> None:
        """Stop every process in turn, and then the supervisor.

        Raises:
            StartError: it still runs after ``seconds``.
        """
        pid = self.pid()
        if pid is None:
            return
        try:
            self._end_websockets()
            self._call("shutdown")
            psutil.Process(pid).wait(seconds)
        except psutil.NoSuchProcess:
            return
        except (OSError, xmlrpc.client.Error, psutil.TimeoutExpired) as error:
            raise StartError(
                f"The supervisor (pid {pid}) does not stop.", f"See {self._home.logs / 'supervisord.log'}."
            ) from error

    def _end_websockets(self) -> None:
        """Have FastAPI close its WebSockets while Nginx, which stops first, can still pass the close on.

        Nginx ends with its last connection. If it does not end at once, it has WebSockets, which FastAPI has to close.
        """
        # A process is "STARTING" in its first second, in which it may already have clients.
        running = [name for name, process in self.processes().items() if process["statename"] in _SERVING]
        if Service.NGINX not in running:
            return
        self._call("stopProcess", Service.NGINX, _NOT_WAITING)
        deadline = time.monotonic() + _REQUESTS_SECONDS
        while self.processes()[Service.NGINX]["statename"] == "STOPPING":
            if time.monotonic() > deadline:
                for name in running:
                    if name.startswith(Service.FASTAPI):
                        self._call("stopProcess", name, _NOT_WAITING)
                return
            time.sleep(_POLL_SECONDS)

    def log(self, name: str) -> Path:
        """Return the path of the log of a process, which a supervisor of an older release may write by another name."""
        log, old = self._home.logs / f"{name}.log", self._home.logs / f"{OLD_HEALTH_CHECKER}.log"
        return old if name == Service.HEALTH_CHECKER and old.exists() and not log.exists() else log

    def _rename_old_logs(self) -> None:
        """Give the logs of the health checker, which an older release wrote, the name that they have now."""
        for log in self._home.logs.glob(f"{OLD_HEALTH_CHECKER}.log*"):
            log.replace(log.with_name(log.name.replace(OLD_HEALTH_CHECKER, Service.HEALTH_CHECKER)))

    def _call(self, method: str, *arguments: object) -> object:
        # XML-RPC refuses subclasses of str, such as the names of services.
        plain = [str(argument) if isinstance(argument, str) else argument for argument in arguments]
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self._socket}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
            return cast(object, getattr(server.supervisor, method)(*plain))

    def _write_configuration(self, processes: Iterable[Process]) -> None:
        sections = [
            _section(
                "supervisord",
                logfile=self._home.logs / "supervisord.log",
                logfile_maxbytes=_LOG_BYTES,
                logfile_backups=_LOGS_KEPT,
                pidfile=self._pid_file,
                childlogdir=self._home.logs,
                nodaemon="true",
                silent="true",
                minfds=wanted_open_files(),
            ),
            _section("unix_http_server", file=self._socket, chmod="0770"),
            _section(
                "rpcinterface:supervisor",
                **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
            ),
            *(self._program(process, _ORDER[process.service]) for process in processes),
            _section("include", files="supervisord-*.conf"),
        ]
        self._configuration.write_text("\n".join(sections), encoding="utf-8")
        self._configuration.chmod(0o600)

    def _program(self, process: Process, order: int, environment: Environment = _NONE) -> str:
        return _section(
            f"program:{process.name}",
            environment=",".join(f'{name}="{value}"' for name, value in environment.items()),
            command=shlex.join(process.launch_command(self._home)),
            priority=order,
            autostart="false",
            autorestart="true",
            startsecs=1,
            # A process that fails at once is started again every five seconds, up to this many times.
            startretries=1_000_000,
            stopsignal=process.stop_signal,
            stopwaitsecs=process.stop_seconds,
            killasgroup="true",
            # supervisord expands the value of this option, and of no other, twice.
            stdout_logfile=str(self.log(process.name)).replace("%", "%%"),
            stdout_logfile_maxbytes=_LOG_BYTES,
            stdout_logfile_backups=_LOGS_KEPT,
            redirect_stderr="true",
        )


def wanted_open_files() -> int:
    """Return how many files the processes may have open: 16,384, or the hard limit if that is lower.

    Nginx's workers raise their own limit further. supervisord closes this many descriptors at each start of a process.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)


def _section(name: str, **options: object) -> str:
    escaped = {key: str(value).replace("%", "%%") for key, value in options.items()}
    return "\n".join([f"[{name}]", *(f"{key}={value}" for key, value in escaped.items()), ""])


def service_environment(home: Home, settings_environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the processes: the caller's without libpq's variables, and the settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**inherited, "HOME": str(home.root), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **settings_environment}
