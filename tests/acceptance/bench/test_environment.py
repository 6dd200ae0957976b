"""The environment of a run: the programs of the site, its database, and the time budget of a round."""

import urllib.request
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import psutil
import psycopg
import pytest

from partsearch.bench.analysis.parity import check_parity
from partsearch.bench.analysis.time_budget import BudgetObserver
from partsearch.bench.environment.machine import describe_machine
from partsearch.bench.environment.process_groups import process_groups
from partsearch.bench.environment.statements import StatementLog
from partsearch.bench.record import Request, Scenario, Target
from partsearch.database.embedded import configure, superuser_address
from partsearch.operation.site import Site
from partsearch.settings import settings
from tests.acceptance.conftest import NewDatabase
from tests.support.as_account import as_account
from tests.support.site import RunningSite
from tests.unit.bench.runs import made_round

SEARCHES = 200
"""Enough searches for the clock of the kernel, which counts CPU time in hundredths of a second."""


@pytest.fixture(autouse=True)
def as_the_command_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write PostgreSQL's settings in the home as the site's account, as the command does."""
    monkeypatch.setattr("partsearch.bench.environment.statements.configure", partial(as_account, configure))


@pytest.fixture
def statements(live_site: RunningSite) -> Iterator[StatementLog]:
    with closing(StatementLog.of_site(settings())) as log:
        yield log


def tracking() -> str:
    with psycopg.connect(superuser_address(settings()).conninfo()) as connection:
        (found,) = connection.execute("SHOW pg_stat_statements.track").fetchone() or [""]
    return str(found)


def test_the_machine_is_described(live_site: RunningSite) -> None:
    found = describe_machine(Site(settings()))
    assert {"Python", "Django", "FastAPI", "psycopg", "asyncpg", "PostgreSQL", "Nginx", "wrk"} <= set(found.versions)
    assert found.workers == {"django": psutil.cpu_count(), "fastapi": psutil.cpu_count()}
    assert found.database == "embedded"
    assert found.database_settings["jit"] == "off"
    assert not [name for name in found.database_settings if "socket" in name or "file" in name or "command" in name]
    assert set(found.rows) == {"mark", "model", "part"}
    assert 0 < found.before.busy_seconds < found.before.total_seconds
    assert found.commit is None or len(found.commit) == 40


def test_the_budget_of_a_round(live_site: RunningSite, statements: StatementLog) -> None:
    def search(times: int) -> None:
        for _ in range(times):
            urllib.request.urlopen(f"{live_site.url}/fastapi/search/part/?part_name=q", timeout=20).read()

    watch = BudgetObserver(process_groups(Site(settings())), statements)
    search(3)
    with watch.observing() as watched:
        search(SEARCHES)
    budget = watched.budget(made_round("fastapi"))
    assert budget.statements
    # The planner may come to know the catalog meanwhile, and choose another statement for the rest.
    searches = sorted(budget.statements, key=lambda statement: -statement.calls)[:2]
    of_the_health_checker = 2 + budget.seconds
    assert "FROM part" in searches[0].text
    assert SEARCHES <= sum(statement.calls for statement in searches) <= SEARCHES + of_the_health_checker
    assert all(statement.rows == statement.calls for statement in searches if "FROM part" in statement.text)
    assert sum(statement.calls for statement in budget.statements) <= SEARCHES + of_the_health_checker
    assert set(budget.cpu_seconds) == {
        "postgres", "django", "fastapi", "nginx", "generator", "other", "idle", "steal"
    }  # fmt: skip
    assert sum(budget.cpu_seconds.values()) == pytest.approx(budget.seconds * (psutil.cpu_count() or 1), rel=0.25)
    assert budget.cpu_seconds["fastapi"] > 0
    assert budget.memory_bytes.keys() == {"postgres", "django", "fastapi", "nginx"}
    assert all(size > 2**20 for size in budget.memory_bytes.values())
    assert budget.network_bytes > SEARCHES * 100


def test_the_services_agree_and_send_one_statement(live_site: RunningSite, statements: StatementLog) -> None:
    targets = [
        Target("django", live_site.django_url, "django"),
        Target("fastapi nginx", f"{live_site.url}/fastapi", "fastapi", is_through_nginx=True),
    ]
    scenario = Scenario("one", "", (Request("POST", "/search/part/", '{"part_name": "фара"}'),))
    parity = check_parity(targets, [scenario], statements, 20)
    assert {count.target: count.statements for count in parity.statements} == {"django": 1.0, "fastapi nginx": 1.0}
    assert parity.answers == 2


def test_statements_are_counted_only_during_a_run(live_site: RunningSite) -> None:
    assert tracking() == "none"
    with closing(StatementLog.of_site(settings())) as log:
        assert log.unknown == ""
        assert tracking() == "top"
    assert tracking() == "none"


def test_a_lost_connection_is_reported(live_site: RunningSite) -> None:
    statements = StatementLog.of_site(settings())
    before = statements.read()
    with psycopg.connect(superuser_address(settings()).conninfo(), autocommit=True) as connection:
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()"
        connection.execute(ours, ["%FROM public.pg_stat_statements%"])
    assert before
    assert statements.read() == {}
    assert "PostgreSQL did not answer" in statements.unknown
    statements.close()
    assert tracking() == "none"


def test_another_postgresql_may_count_no_statements(new_database: NewDatabase) -> None:
    elsewhere = settings().model_copy(update={"database_url": new_database()})
    with closing(StatementLog.of_site(elsewhere)) as log:
        assert "CREATE EXTENSION" in log.unknown
        assert log.read() == {}
    heads = process_groups(Site(elsewhere))["postgres"]
    assert [head.name() for head in heads] == ["postgres"]
