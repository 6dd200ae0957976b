"""The documents name every setting, command, field and column, and none that does not exist."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from django.core.management import get_commands

from partsearch.cli import app
from partsearch.contract.request.search import FIELDS
from partsearch.database.django_setup import ensure_django
from partsearch.price_list.columns import MEANINGS
from partsearch.settings import Settings
from tests.support import documents
from tests.support.documents import ROOT

_SETTINGS = {name.upper() for name in Settings.model_fields}
_DOCUMENTS = documents.documents()
each_document = pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def commands() -> dict[str, Any]:
    """Return the commands by name; a command of a group has the name of the group before its own."""
    group: Any = typer.main.get_command(app)
    inner = {
        f"{name} {below}": command
        for name, entry in group.commands.items()
        for below, command in getattr(entry, "commands", {}).items()
    }
    return {**group.commands, **inner}


def value_of(name: str, text: str | None) -> object:
    """Return the value of a setting for a text, and its default without one."""
    given = Settings.model_fields[name.lower()].default if text is None else text
    values: dict[str, Any] = {"_env_file": None, name.lower(): given}
    return getattr(Settings(**values), name.lower())


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {row[0].strip("`"): row[1] for row in documents.rows(documents.read("docs/reference/settings.md"))[1:]}
    assert set(documented) == _SETTINGS
    for name, cell in documented.items():
        if cell == "—":
            assert Settings.model_fields[name.lower()].default in (None, ""), name
        else:
            assert value_of(name, cell.strip("`")) == value_of(name, None), name


def test_the_example_of_settings_has_all_of_them_with_values_that_fit() -> None:
    lines = re.findall(r"^# ([A-Z_]+)=(.*)$", documents.read(".env.example"), re.MULTILINE)
    assert sorted(name for name, _ in lines) == sorted(_SETTINGS)
    for name, text in lines:
        value = value_of(name, text.strip("'"))
        if Settings.model_fields[name.lower()].default not in (None, ""):
            assert value == value_of(name, None), name


def test_every_setting_that_is_named_exists() -> None:
    files = [*_DOCUMENTS, ROOT / ".env.example", ROOT / "Makefile", *(ROOT / "contrib").rglob("*")]
    for file in files:
        if file.is_file():
            named = set(re.findall(r"\bPARTSEARCH_[A-Z_]+\b", file.read_text(encoding="utf-8")))
            assert named <= _SETTINGS, file


def test_every_command_is_documented_with_its_options() -> None:
    sections = documents.sections(documents.read("docs/reference/commands.md"))
    documented = {heading.removeprefix("partsearch "): text for heading, text in sections.items() if " " in heading}
    assert set(documented) == set(commands())
    for name, command in commands().items():
        words = {word.strip("[]") for word in documents.code_words(documented[name])}
        options = {option for param in command.params if param.param_type_name == "option" for option in param.opts}
        arguments = [param for param in command.params if param.param_type_name == "argument"]
        assert {word for word in words if word.startswith("-")} == options - {"--help"}, name
        assert {(argument.metavar or argument.name).upper() for argument in arguments} <= words, name


@each_document
def test_every_command_that_is_named_exists(document: Path) -> None:
    ensure_django()
    for name, *words in documents.runs_of_partsearch(document.read_text(encoding="utf-8")):
        assert name in commands(), name
        if name == "manage":
            assert not words or words[0] in [*get_commands(), "help"], words
            continue
        whole = f"{name} {words[0]}" if words else name
        known = {option for param in commands().get(whole, commands()[name]).params for option in param.opts}
        assert {word for word in words if word.startswith("-")} <= known, (name, words)


def test_every_target_of_make_is_documented_and_exists() -> None:
    targets = set(re.search(r"^\.PHONY: (.*)$", documents.read("Makefile"), re.MULTILINE)[1].split())  # type: ignore[index]
    documented = documents.rows(documents.sections(documents.read("docs/reference/commands.md"))["make"])[1:]
    assert {row[0].strip("`").removeprefix("make ") for row in documented} == targets
    for document in _DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for script in [*documents.code_blocks(text, "sh"), *documents.code_words(text)]:
            for words in re.findall(r"^make +([^\n]+)$", script, re.MULTILINE):
                assert {word for word in words.split() if "=" not in word} <= targets, document


def test_every_field_of_a_search_is_documented() -> None:
    section = documents.sections(documents.read("docs/reference/http.md"))["The search in short"]
    assert [row[0].strip("`") for row in documents.rows(section)[1:]] == list(FIELDS)


def test_every_column_of_price_lists_is_documented() -> None:
    rows = documents.rows(documents.read("docs/reference/price-list-columns.md"))
    documented = {(row[0].strip("`"), header) for row in rows if row[0] != "becomes" for header in row[1].split(", ")}
    assert documented == {(str(meaning), header) for header, meaning in MEANINGS.items()}


def test_every_library_is_documented() -> None:
    project = tomllib.loads(documents.read("pyproject.toml"))["project"]
    sections = documents.sections(documents.read("docs/decisions/libraries.md"))
    extras = project["optional-dependencies"]
    wanted = {"To run": project["dependencies"], "To build": extras["build"], "To test and develop": extras["test"]}
    for heading, requirements in wanted.items():
        names = {re.split(r"[^\w-]", requirement)[0] for requirement in requirements}
        assert {row[0].strip("`") for row in documents.rows(sections[heading])[1:]} == names


@each_document
def test_every_link_has_a_target(document: Path) -> None:
    for link in documents.links(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in documents.anchors(target.read_text(encoding="utf-8")), link


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    unread = list(reached)
    while unread:
        document = unread.pop()
        for link in documents.links(document.read_text(encoding="utf-8")):
            target = (document.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                unread.append(target)
    assert reached == set(_DOCUMENTS)


def test_both_readmes_show_the_same_commands_and_the_same_answer() -> None:
    english, russian = documents.read("README.md"), documents.read("README.ru.md")
    for language in ("sh", "json"):
        assert documents.code_blocks(english, language) == documents.code_blocks(russian, language)
