"""``partsearch import`` as a user runs it: by root, with a list that only root may read."""

import json
import re
from pathlib import Path

import pytest

from tests.support.price_lists import write
from tests.support.site import RunningSite

_LIST = "Товар;Цена;Колонка Б\nФара Kia Rio;10;500\nФонарь Kia Rio;20;600\n"


@pytest.fixture
def private_list(tmp_path: Path) -> Path:
    path = write(tmp_path, _LIST, "list.csv")
    path.chmod(0o600)
    return path


def test_a_list_is_explained_corrected_and_imported(live_site: RunningSite, private_list: Path) -> None:
    explained = live_site.run("import", str(private_list), "--explain")
    assert explained.returncode == 0, explained.stderr
    assert "1  Товар → name: certain, header" in explained.stdout
    assert "2  Цена → price: certain, header" in explained.stdout
    [saved] = re.findall(r"The profile is saved in (\S+\.toml)\.", explained.stderr)
    corrected = private_list.with_name("corrected.toml")
    corrected.write_text(
        Path(saved)
        .read_text()
        .replace('index = 1\nmeaning = "price"', 'index = 1\nmeaning = "not imported"')
        .replace('index = 2\nmeaning = "not imported"', 'index = 2\nmeaning = "price"')
    )
    corrected.chmod(0o600)
    done = live_site.run("import", str(private_list), "--profile", str(corrected))
    assert done.returncode == 0, done.stderr
    search = {"mark_name": "kia", "part_name": "фара"}
    found = live_site.client.post(f"{live_site.url}/search/part/", json=search).json()
    assert (found["count"], found["summ"]) == (1, 500)


@pytest.mark.parametrize(("variables", "expected"), [({}, "root"), ({"SUDO_USER": "seller"}, "seller")])
def test_the_list_of_imports_names_who_ran_each(
    live_site: RunningSite, private_list: Path, variables: dict[str, str], expected: str
) -> None:
    """Root runs this test, and every command becomes the account of the site, which is nobody's name."""
    done = live_site.run("import", str(private_list), "--source", f"of {expected}", **variables)
    assert done.returncode == 0, done.stderr
    [newest, *_] = json.loads(live_site.run("import", "list", "--json").stdout)["imports"]
    assert (newest["source"], newest["account"]) == (f"of {expected}", expected)


def test_a_wrong_profile_is_refused(live_site: RunningSite, private_list: Path) -> None:
    wrong = write(private_list.parent, '[[column]]\nindex = 0\nmeaning = "nam"\n', "wrong.toml")
    refused = live_site.run("import", str(private_list), "--profile", str(wrong))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Error: The key meaning of column 1 is 'nam'." in refused.stderr
