"""The health checker sends searches too: a service that is alive but answers none is unhealthy."""

import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from partsearch.operation.home import Home
from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import NginxControl, TrafficState, write_state
from partsearch.operation.supervision.processes import Process, shared_processes
from partsearch.settings import Settings
from tests.support.deadline import wait_for
from tests.support.nginx_proxy import NginxProxy, running_proxy
from tests.support.site import free_ports

_NOTICED_SECONDS = 10.0


@dataclass
class FakeService:
    """A service that is alive, and answers searches with a given status."""

    port: int
    search_status: int | None = 200
    """The status of searches; ``None``: searches hang."""
    asked: Counter[str] = field(default_factory=Counter)
    _may_continue: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["FakeService"]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                service.asked[path] += 1
                if path == "/search/part/" and service.search_status is None:
                    service._may_continue.wait()
                    return
                self.send_response(service.search_status or 200 if path == "/search/part/" else 200)
                self.send_header("X-Port", str(service.port))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Log nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield self
        finally:
            self._may_continue.set()
            server.shutdown()
            thread.join()
            server.server_close()


@dataclass
class CheckedSite:
    """Nginx and the health checker in front of two FastAPI services of which blue gets the traffic."""

    proxy: NginxProxy
    home: Home
    blue: FakeService
    green: FakeService
    log: Path

    def is_healthy(self, slot: Slot) -> bool | None:
        return NginxControl(self.home).get().health.get(slot, {}).get(Service.FASTAPI)

    def answering(self) -> FakeService:
        """Return the service that Nginx sends a request to."""
        port = httpx.get(f"{self.proxy.url}/healthz").headers["X-Port"]
        return next(one for one in (self.blue, self.green) if str(one.port) == port)


@pytest.fixture
def checked(home: Path) -> Iterator[CheckedSite]:
    django, blue, green, *_ = ports = free_ports(3)
    port_settings = {"partsearch_django_ports": (django, django), "partsearch_fastapi_ports": (blue, green)}
    with ExitStack() as stack:
        services = [stack.enter_context(FakeService(port).running()) for port in ports]
        proxy = stack.enter_context(running_proxy(home, **port_settings))
        settings = Settings(_env_file=None, database_url=None, partsearch_home=home, partsearch_query_seconds=0.2)
        # One server acts as Django in both slots; the settings of a user may not do that.
        settings = settings.model_copy(update=port_settings)
        folders = Home(home)
        write_state(folders, TrafficState(releases={Slot.BLUE: "old", Slot.GREEN: "new"}))
        log = folders.logs / "health-checker.log"
        with log.open("w") as output:
            command = health_checker_process(settings).command
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=os.environ)
        stack.callback(lambda: (process.terminate(), process.wait(10)))
        found = CheckedSite(proxy, folders, services[1], services[2], log)
        wait_for(lambda: all(found.is_healthy(slot) for slot in Slot), what="that both are known to be healthy")
        yield found


def health_checker_process(settings: Settings) -> Process:
    return next(
        one
        for one in shared_processes(settings, Home(settings.partsearch_home))
        if one.service is Service.HEALTH_CHECKER
    )


@pytest.mark.parametrize("status", [None, 500, 404], ids=["hangs", "breaks", "is not there"])
def test_a_service_whose_searches_fail_gets_no_traffic(checked: CheckedSite, status: int | None) -> None:
    """Its liveness probe succeeds. It gets traffic again when a search succeeds, not before."""
    assert checked.answering() is checked.blue
    checked.blue.search_status = status
    wait_for(lambda: checked.is_healthy(Slot.BLUE) is False, _NOTICED_SECONDS, "that blue is unhealthy")
    assert checked.answering() is checked.green
    assert checked.is_healthy(Slot.GREEN)
    before = checked.blue.asked["/healthz"]
    wait_for(lambda: checked.blue.asked["/healthz"] >= before + 2, 4, "two liveness probes")
    assert checked.answering() is checked.green
    checked.blue.search_status = 200
    checked.blue._may_continue.set()
    wait_for(lambda: checked.is_healthy(Slot.BLUE), _NOTICED_SECONDS, "that blue is healthy again")
    assert checked.answering() is checked.blue


def test_a_service_that_answers_503_stays_healthy(checked: CheckedSite) -> None:
    """The database is unavailable, or the service overloaded."""
    for service in (checked.blue, checked.green):
        service.search_status = 503
    before = checked.blue.asked.copy()
    wait_for(lambda: checked.blue.asked["/search/part/"] >= before["/search/part/"] + 3, what="three searches")
    assert checked.log.read_text() == ""
    assert checked.answering() is checked.blue


def test_a_search_that_hangs_delays_no_liveness_probe(checked: CheckedSite) -> None:
    checked.green.search_status = None
    wait_for(lambda: checked.green.asked["/search/part/"] > 1, what="a search that hangs")
    before = checked.green.asked.copy()
    until = time.monotonic() + 2.5
    wait_for(lambda: time.monotonic() > until, what="some seconds")
    assert checked.green.asked["/healthz"] >= before["/healthz"] + 2
    assert checked.green.asked["/search/part/"] <= before["/search/part/"] + 1


NEON = "postgresql://user:password@ep-quiet-sun-123456-pooler.eu-central-1.aws.neon.tech/catalog"


@pytest.mark.parametrize(
    ("address", "is_searched"), [(None, True), ("postgresql://user@db.example/catalog", True), (NEON, False)]
)
def test_a_database_that_sleeps_is_not_kept_awake(home: Path, address: str | None, is_searched: bool) -> None:
    settings = Settings(_env_file=None, database_url=address, partsearch_home=home)
    assert ("--search-seconds" in health_checker_process(settings).command) is is_searched


def test_a_search_probe_waits_longer_than_the_time_limit_of_the_service(home: Path) -> None:
    """Otherwise a locked table, which the service answers with 503, would make the service unhealthy."""
    settings = Settings(_env_file=None, database_url=None, partsearch_home=home, partsearch_query_seconds=7)
    command = health_checker_process(settings).command
    assert float(command[command.index("--search-seconds") + 1]) > 7 + 1


def test_with_an_invalid_database_address_the_health_checker_sends_no_searches(home: Path) -> None:
    settings = Settings(_env_file=None, database_url="nonsense", partsearch_home=home)
    assert "--search-seconds" not in health_checker_process(settings).command
