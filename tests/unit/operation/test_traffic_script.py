"""The script that routes requests in Nginx, run under QuickJS with the objects that Nginx provides.

QuickJS is also one of the two engines that njs has. The tests call the functions that ``nginx.conf`` calls.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import pytest
import quickjs

_SOURCE = files("partsearch.operation.nginx").joinpath("traffic.js").read_text(encoding="utf-8")

_NGINX = """
class SharedDictionary {
    constructor() { this.values = new Map(); }
    get(key) { return this.values.get(key); }
    set(key, value) { this.values.set(key, value); }
    delete(key) { return this.values.delete(key); }
    keys(most) { return Array.from(this.values.keys()).slice(0, most); }
    incr(key, delta, first) {
        this.values.set(key, (this.values.has(key) ? this.values.get(key) : first) + delta);
        return this.values.get(key);
    }
}

const ngx = { shared: { traffic: new SharedDictionary(), in_flight: new SharedDictionary() } };
const process = { pid: 1 };
const disk = new Map();
const fs = {
    readFileSync(path) { fs.accessSync(path); return disk.get(path); },
    accessSync(path) { if (!disk.has(path)) { throw new Error('ENOENT ' + path); } },
};

function call(name, requestText) {
    const request = JSON.parse(requestText);
    const reply = {};
    request.return = (status, body) => Object.assign(reply, { status, body });
    reply.value = script[name](request);
    reply.variables = request.variables;
    return JSON.stringify(reply);
}
"""

_FILE = "/home/traffic.json"
_COOKIE = "partsearch_visitor"
_RELEASES = {"blue": "2026-11-24", "green": "2026-11-25"}
_HEALTHY = {"django": True, "fastapi": True}
_UNHEALTHY = {"django": False, "fastapi": False}
_SERVICES = ("django", "fastapi")
_EVERY_BUCKET = tuple(range(100))


class TrafficScript:
    """The script in a fresh Nginx: it has no state, and there is no file."""

    def __init__(self) -> None:
        self._context = quickjs.Context()
        self._context.eval(_NGINX)
        self._context.eval(_SOURCE.replace("import fs from 'fs';", "").replace("export default", "globalThis.script ="))

    def call(self, function: str, variables: Mapping[str, str] | None = None, **request: Any) -> dict[str, Any]:
        """Return what the function returns as ``value``, its answer as ``status`` and ``body``, and the variables.

        Args:
            function: one of those that the script exports.
            variables: those of the request.
            request: what else the request has.
        """
        request |= {"variables": {"traffic_file": _FILE, **(variables or {})}}
        reply: dict[str, Any] = json.loads(self._context.eval("call")(function, json.dumps(request)))
        return reply

    def route(self, service: str = "django", bucket: int | str | None = None, **variables: str) -> dict[str, Any]:
        """Return the routing of a request with this cookie."""
        cookie = {} if bucket is None else {f"cookie_{_COOKIE}": str(bucket)}
        return self.call(service, cookie | variables)

    def green_buckets(self, service: str) -> tuple[int, ...]:
        """Return the cookies whose requests go to green."""
        routes = {bucket: self.route(service, bucket)["value"] for bucket in _EVERY_BUCKET}
        assert set(routes.values()) <= {"blue", "green"}
        return tuple(bucket for bucket, slot in routes.items() if slot == "green")

    def put(self, **state: Any) -> int:
        """Return the status of the answer to a new state."""
        wanted = {"version": 1, "active": "blue", "new": None, "share": 0, "releases": _RELEASES} | state
        return int(self.call("control", method="PUT", requestText=json.dumps(wanted))["status"])

    def get(self) -> dict[str, Any]:
        """Return what the control socket shows."""
        reply = self.call("control", method="GET")
        assert reply["status"] == 200
        shown: dict[str, Any] = json.loads(reply["body"])
        return shown

    def draw(self, number: float) -> None:
        """Make every draw return this number between 0 and 1."""
        self._context.eval(f"Math.random = () => {number}")

    def run_as(self, pid: int) -> None:
        """Call the functions as the worker process ``pid`` from now on."""
        self._context.eval(f"process.pid = {pid}")

    def write(self, path: str, content: str = "") -> None:
        """Put a file on the disk."""
        self._context.eval("(path, content) => { disk.set(path, content); }")(path, content)


@pytest.fixture
def script() -> TrafficScript:
    """The script of a fresh Nginx."""
    return TrafficScript()


_CANARY = {"new": "green", "share": 25}
_DONE = {"new": "green", "share": 100}


@pytest.mark.parametrize(
    ("state", "green"),
    [
        pytest.param({}, (), id="one release"),
        pytest.param({"active": "green"}, _EVERY_BUCKET, id="one release, in green"),
        pytest.param({"new": "green", "share": 0}, (), id="weight 0"),
        pytest.param({"new": "green", "share": 0, "health": {"blue": _UNHEALTHY}}, (), id="weight 0, old unhealthy"),
        pytest.param({"new": "green", "share": 1}, (0,), id="weight 1"),
        pytest.param(_CANARY, range(25), id="weight 25"),
        pytest.param({"active": "green", "new": "blue", "share": 25}, range(25, 100), id="weight 25, of blue"),
        pytest.param({"new": "green", "share": 99}, range(99), id="weight 99"),
        pytest.param(_DONE, _EVERY_BUCKET, id="weight 100"),
        pytest.param({"new": None, "share": 25}, (), id="a weight of nothing"),
        # In a canary: an unhealthy slot gives its users to the other, unless that is unhealthy too.
        pytest.param(_CANARY | {"health": {"blue": _UNHEALTHY}}, _EVERY_BUCKET, id="canary, old unhealthy"),
        pytest.param(_CANARY | {"health": {"green": _UNHEALTHY}}, (), id="canary, new unhealthy"),
        pytest.param(_CANARY | {"health": {"blue": _HEALTHY, "green": _UNHEALTHY}}, (), id="canary, old healthy"),
        pytest.param(
            _CANARY | {"health": {"blue": _UNHEALTHY, "green": _UNHEALTHY}}, range(25), id="canary, both unhealthy"
        ),
        pytest.param(_CANARY | {"health": {"blue": _HEALTHY, "green": _HEALTHY}}, range(25), id="canary, both healthy"),
        # With one wanted slot: the other takes over only where it is known to be healthy and has a release.
        pytest.param({"health": {"blue": _UNHEALTHY, "green": _HEALTHY}}, _EVERY_BUCKET, id="unhealthy, other healthy"),
        pytest.param({"health": {"blue": _UNHEALTHY}}, (), id="unhealthy, other unknown"),
        pytest.param({"health": {"blue": _UNHEALTHY, "green": _UNHEALTHY}}, (), id="both unhealthy"),
        pytest.param({"health": {"green": _HEALTHY}}, (), id="unknown, other healthy"),
        pytest.param(
            {"health": {"blue": _UNHEALTHY, "green": _HEALTHY}, "releases": {"blue": "2026-11-24"}},
            (),
            id="unhealthy, other without a release",
        ),
        pytest.param(
            _DONE | {"health": {"blue": _HEALTHY, "green": _UNHEALTHY}}, (), id="weight 100, new unhealthy, old healthy"
        ),
        pytest.param(_DONE | {"health": {"green": _UNHEALTHY}}, _EVERY_BUCKET, id="weight 100, new unhealthy"),
        pytest.param(
            _DONE | {"health": {"blue": _UNHEALTHY, "green": _HEALTHY}}, _EVERY_BUCKET, id="weight 100, old unhealthy"
        ),
    ],
)
def test_weight_and_health_decide_the_slot_of_a_request(
    script: TrafficScript, state: dict[str, Any], green: Iterable[int]
) -> None:
    assert script.put(**state) == 200
    for service in _SERVICES:
        assert script.green_buckets(service) == tuple(green)


@pytest.mark.parametrize("state", [{}, _CANARY], ids=["one release", "canary"])
def test_an_unhealthy_service_does_not_move_the_other_service(script: TrafficScript, state: dict[str, Any]) -> None:
    script.put(**state)
    before = script.green_buckets("fastapi")
    blue = {"django": False, "fastapi": True}
    script.put(**state, health={"blue": blue, "green": _HEALTHY})
    assert script.green_buckets("django") == _EVERY_BUCKET
    assert script.green_buckets("fastapi") == before


@pytest.mark.parametrize(
    ("state", "upstream"),
    [
        pytest.param({"is_deploying": True}, "blue_then_green", id="deploying"),
        pytest.param({"is_deploying": True, "active": "green"}, "green_then_blue", id="deploying, active in green"),
        pytest.param({"is_deploying": True} | _DONE, "green_then_blue", id="deploying, weight 100"),
        pytest.param({"is_deploying": False}, "blue", id="not deploying"),
        pytest.param({"is_deploying": True, "releases": {"blue": "2026-11-24"}}, "blue", id="the only release"),
        pytest.param({"is_deploying": True, "releases": {}}, "blue", id="no release"),
    ],
)
def test_the_other_slot_answers_for_a_process_that_dies_in_a_deployment(
    script: TrafficScript, state: dict[str, Any], upstream: str
) -> None:
    script.put(**state)
    for service in _SERVICES:
        assert script.route(service)["value"] == upstream


@pytest.mark.parametrize(("number", "bucket"), [(0, 0), (0.2499, 24), (0.25, 25), (0.9999, 99)])
def test_a_new_client_draws_a_bucket_and_keeps_it_in_a_cookie(
    script: TrafficScript, number: float, bucket: int
) -> None:
    script.put(**_CANARY)
    script.draw(number)
    reply = script.route(visitor_scheme="http")
    assert reply["value"] == ("green" if bucket < 25 else "blue")
    assert reply["variables"]["new_cookie"] == f"{_COOKIE}={bucket}; Path=/; HttpOnly; SameSite=Lax"
    assert script.route(bucket=bucket)["value"] == reply["value"]


def test_the_cookie_is_secure_where_the_client_came_over_https(script: TrafficScript) -> None:
    script.put(**_CANARY)
    assert script.route(visitor_scheme="https")["variables"]["new_cookie"].endswith("; SameSite=Lax; Secure")


@pytest.mark.parametrize("cookie", ["", "100", "-1", "1.5", "x", "7 ", "٧", "1e1", "07; Path"])
def test_a_cookie_that_is_no_bucket_is_replaced(script: TrafficScript, cookie: str) -> None:
    script.put(**_CANARY)
    script.draw(0.5)
    reply = script.route(bucket=cookie)
    assert reply["value"] == "blue"
    assert reply["variables"]["new_cookie"].startswith(f"{_COOKIE}=50;")


def test_no_cookie_is_set_where_the_client_has_one_or_there_is_no_choice(script: TrafficScript) -> None:
    script.put(**_CANARY)
    assert "new_cookie" not in script.route(bucket=7)["variables"]
    for state in ({}, {"new": "green", "share": 0}, _DONE, _CANARY | {"health": {"blue": _UNHEALTHY}}):
        script.put(**state)
        assert "new_cookie" not in script.route()["variables"]


@pytest.mark.parametrize(("version", "status"), [(6, 409), (7, 200), (8, 200)])
def test_a_state_older_than_the_known_one_is_rejected(script: TrafficScript, version: int, status: int) -> None:
    assert script.put(version=7) == 200
    assert script.put(version=version, active="green") == status
    assert script.route()["value"] == ("blue" if status == 409 else "green")
    assert script.get()["version"] == max(version, 7)


def test_a_state_without_health_keeps_the_health_that_is_known(script: TrafficScript) -> None:
    health = {"blue": _UNHEALTHY, "green": _HEALTHY}
    script.put(health=health)
    script.put(version=2)
    assert script.get()["health"] == health
    assert script.route()["value"] == "green"
    script.put(version=3, health={})
    assert script.get()["health"] == {}
    assert script.route()["value"] == "blue"


def test_the_control_socket_shows_the_state(script: TrafficScript) -> None:
    state = {"version": 3, "active": "green", "new": "blue", "share": 5, "releases": _RELEASES, "is_deploying": True}
    script.put(**state)
    assert script.get() == state | {"health": {}, "in_flight": {}}


@pytest.mark.parametrize("method", ["POST", "DELETE", "HEAD"])
def test_the_control_socket_has_no_other_method(script: TrafficScript, method: str) -> None:
    assert script.call("control", method=method, requestText="{}")["status"] == 405


def test_a_fresh_nginx_reads_the_state_from_the_file(script: TrafficScript) -> None:
    script.write(_FILE, json.dumps({"version": 5, "active": "green", "releases": _RELEASES}))
    assert script.route()["value"] == "green"
    assert script.call("release")["value"] == _RELEASES["green"]
    assert script.get()["version"] == 5
    assert script.put(version=4) == 409


@pytest.mark.parametrize("content", [None, "", "{"], ids=["no file", "an empty file", "half a file"])
def test_without_a_state_all_requests_go_to_blue(script: TrafficScript, content: str | None) -> None:
    if content is not None:
        script.write(_FILE, content)
    for service in _SERVICES:
        assert script.route(service)["value"] == "blue"
    shown = script.get()
    assert (shown["version"], shown["active"], shown["new"], shown["is_deploying"]) == (0, "blue", None, False)
    assert script.call("release")["value"] == ""


def test_the_state_over_the_socket_precedes_the_file(script: TrafficScript) -> None:
    script.put(active="green")
    script.write(_FILE, json.dumps({"version": 9, "active": "blue", "releases": _RELEASES}))
    assert script.route()["value"] == "green"


@pytest.mark.parametrize(
    ("state", "release"),
    [({}, "2026-11-24"), ({"active": "green"}, "2026-11-25"), (_DONE, "2026-11-24"), ({"releases": {}}, "")],
)
def test_answers_of_nginx_itself_name_the_active_release(
    script: TrafficScript, state: dict[str, Any], release: str
) -> None:
    script.put(**state)
    assert script.call("release")["value"] == release


def test_requests_are_in_flight_until_they_end(script: TrafficScript) -> None:
    script.put(**_CANARY)
    first, second = script.route(bucket=99), script.route(bucket=99)
    third = script.route("fastapi", 0)
    assert script.get()["in_flight"] == {"django blue": 2, "fastapi green": 1}
    script.call("ended", first["variables"])
    assert script.get()["in_flight"] == {"django blue": 1, "fastapi green": 1}
    for reply in (second, third):
        script.call("ended", reply["variables"])
    assert set(script.get()["in_flight"].values()) == {0}


def test_requests_in_flight_are_summed_over_workers_and_those_of_a_dead_worker_are_forgotten(
    script: TrafficScript,
) -> None:
    script.put()
    for pid in (11, 12, 12):
        script.run_as(pid)
        script.route()
    assert script.get()["in_flight"] == {"django blue": 3}, "without /proc nobody is known to be dead"
    script.write("/proc/self")
    script.write("/proc/12")
    assert script.get()["in_flight"] == {"django blue": 2}
    script.write("/proc/11")
    assert script.get()["in_flight"] == {"django blue": 2}


@pytest.mark.parametrize(("is_deploying", "is_logged"), [(True, "1"), (False, "")])
def test_requests_are_logged_during_a_deployment(script: TrafficScript, is_deploying: bool, is_logged: str) -> None:
    script.put(is_deploying=is_deploying)
    assert script.call("ended", script.route()["variables"])["value"] == is_logged


def test_a_request_that_reached_no_service_is_neither_logged_nor_counted(script: TrafficScript) -> None:
    script.put(is_deploying=True)
    assert script.call("ended", {"picked": ""})["value"] == ""
    assert script.get()["in_flight"] == {}


@pytest.mark.parametrize(
    ("address", "encoded"),
    [
        (b"/search/part/?name=%D0%A4&x=1", "/search/part/?name=%D0%A4&x=1"),
        ("/фара".encode(), "/%D1%84%D0%B0%D1%80%D0%B0"),
        (b"/\x7f\x80\xff", "/\x7f%80%FF"),
        (b"", ""),
    ],
)
def test_bytes_that_are_not_ascii_are_percent_encoded(script: TrafficScript, address: bytes, encoded: str) -> None:
    assert script.call("encodedAddress", rawVariables={"request_uri": list(address)})["value"] == encoded
