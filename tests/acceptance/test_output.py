"""Output that cannot be written: the disk is full, the reader has exited, or the encoding lacks the characters."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.price_lists import write_dismantlers_list
from tests.support.as_account import as_account, give_to_account
from tests.support.site import COMMAND_SECONDS, RunningSite

_PROGRAM = str(Path(sys.executable).parent / "partsearch")
_PIPE_EXIT_CODE = 141


def run(site: RunningSite, shell: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash that calls ``partsearch``; the exit code is that of the first command of a pipe."""
    script = f'partsearch() {{ "{_PROGRAM}" "$@"; }}; {shell}; exit "${{PIPESTATUS[0]}}"'
    environment = {**site.environment, **settings}
    return subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS
    )


def count_parts(site: RunningSite) -> int:
    return int(site.client.get(f"{site.fastapi_url}/search/part/").json()["count"])


@pytest.mark.parametrize("end", ["| true", ">&- 2>&-", "> /dev/full"])
def test_a_completed_import_succeeds_and_its_report_is_saved(end: str, live_site: RunningSite, tmp_path: Path) -> None:
    folder = live_site.home / "imports"
    before = set(folder.glob("*"))
    done = run(live_site, f"partsearch import '{write_dismantlers_list(tmp_path)}' {end}", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert count_parts(live_site) > 0
    json_file, kept = sorted(set(folder.glob("*")) - before)
    assert "Rows read" in kept.read_text()
    assert json.loads(json_file.read_text())["rows"]["read"] == 5
    assert {file.stat().st_mode & 0o777 for file in (json_file, kept)} == {0o640}
    assert "2>" in end or str(kept) in done.stderr


def test_an_import_replaces_characters_that_the_terminal_lacks(live_site: RunningSite, tmp_path: Path) -> None:
    file = tmp_path / "Список.csv"
    file.write_bytes(write_dismantlers_list(tmp_path).read_bytes())
    for settings in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = run(live_site, f"partsearch import '{file}'", **settings)
        assert done.returncode == 0, done.stderr
        assert "Price list ??????: csv, encoding" in done.stdout


def test_a_report_that_cannot_be_saved_is_reported(live_site: RunningSite, tmp_path: Path, home: Path) -> None:
    give_to_account(home.parent)
    as_account(home.mkdir)
    as_account((home / "imports").write_text, "in the way")
    done = run(
        live_site,
        f"partsearch import '{write_dismantlers_list(tmp_path)}'",
        PARTSEARCH_HOME=str(home),
        DATABASE_URL=live_site.conninfo,
    )
    assert done.returncode == 0, done.stderr
    assert "The import is done. Its report cannot be saved" in done.stderr


def test_generate_succeeds_without_its_output(live_site: RunningSite) -> None:
    before = count_parts(live_site)
    assert run(live_site, "partsearch generate 20 > /dev/full").returncode == 0
    assert count_parts(live_site) > before


@pytest.mark.parametrize("command", ["status", "doctor", "logs -n 5000", "import --dry-run {file}"])
def test_a_read_only_command_ends_quietly_without_a_reader_and_fails_on_a_full_disk(
    command: str, live_site: RunningSite, tmp_path: Path
) -> None:
    command = command.format(file=write_dismantlers_list(tmp_path))
    closed = run(live_site, f"partsearch {command} | true")
    assert (closed.returncode, closed.stderr) == (_PIPE_EXIT_CODE, "")
    full = run(live_site, f"partsearch {command} > /dev/full")
    assert full.returncode == 1
    assert full.stderr.startswith("Error: The output cannot be written: No space left on device.\n")
    assert len(full.stderr.splitlines()) == 2


def test_following_the_logs_ends_when_the_reader_exits(live_site: RunningSite) -> None:
    done = run(live_site, "partsearch logs --follow -n 5000 | head -1")
    assert done.returncode in (0, _PIPE_EXIT_CODE)
    assert done.stderr == ""


def test_a_broken_stderr_does_not_change_the_exit_code(live_site: RunningSite) -> None:
    assert run(live_site, "partsearch import /nowhere.csv 2> /dev/full").returncode in (1, 2)
    assert run(live_site, "partsearch url 2>&- > /dev/null").returncode == 0
    assert run(live_site, "partsearch generate 0 2>&-").returncode == 2


def test_a_typo_in_a_setting_is_reported_once(live_site: RunningSite) -> None:
    done = run(live_site, "partsearch status", PARTSEARCH_WORKER="2")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("Warning: PARTSEARCH_WORKER in the environment is not a setting")
    assert line.endswith("Is it PARTSEARCH_WORKERS?")
