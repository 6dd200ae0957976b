"""The quick start of the README, run as it is written."""

import json
import re
import subprocess

import pytest

from tests.support import documents
from tests.support.site import RunningSite

_README = documents.read("README.md")
_SHOWN_URL = "http://127.0.0.1:8080"


@pytest.mark.usefixtures("empty_catalog")
def test_the_curl_command_of_the_readme_returns_its_answer(live_site: RunningSite) -> None:
    commands = documents.code_blocks(_README, "sh")
    (generate,) = [words for words in documents.runs_of_partsearch(_README) if words[:2] == ["generate", "10000"]]
    assert live_site.run(*generate).returncode == 0
    (curl,) = [command for command in commands if command.startswith("curl")]
    assert _SHOWN_URL in curl
    done = subprocess.run(
        ["sh", "-euc", curl.replace(_SHOWN_URL, live_site.url)], capture_output=True, text=True, timeout=30
    )
    answer = json.loads(done.stdout)
    (shown,) = documents.code_blocks(_README, "json")
    assert answer == json.loads(shown), f"the answer is now: {done.stdout}"


def test_the_price_list_of_the_readme_can_be_imported(live_site: RunningSite) -> None:
    (words,) = [words for words in documents.runs_of_partsearch(_README) if words[0] == "import"]
    done = live_site.run(*words)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ +New +5$", done.stdout, re.MULTILINE), done.stdout
    assert "Marks and models from the names of the parts: 4 rows." in done.stdout
