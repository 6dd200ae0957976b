"""The project's documents, taken apart: code, links, headings, tables, and the commands that they tell to run."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?:\]\(|src=\")([^)\"\s]+)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_RUN = re.compile(r"(?:^|\$\(|&&|;|\|)\s*(?:[\w./-]*/)?partsearch +([^)\"|;&>\n]+)", re.MULTILINE)


def documents() -> list[Path]:
    """Every document that is written in Markdown."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("contrib/**/*.md")])


def read(path: str) -> str:
    """The text of a file, by its path from the root of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return [match[3] for match in _BLOCK.finditer(text) if match[2] == language]


def prose(text: str) -> str:
    """The text without its blocks of code."""
    return _BLOCK.sub("", text)


def code_words(text: str) -> list[str]:
    """What stands in the text, outside of blocks, as code."""
    return _CODE.findall(prose(text))


def links(text: str) -> list[str]:
    """The targets of the links, and of the pictures."""
    return _LINK.findall(_CODE.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """The names by which headings can be linked to."""
    headings = (heading.lower().replace("`", "") for heading in _HEADING.findall(prose(text)))
    return {re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in headings}


def sections(text: str) -> dict[str, str]:
    """The sections under headings of the second level, by heading."""
    pieces = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The cells of the rows of all tables, without the rows of dashes."""
    lines = [line.strip("| ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip("-| ")]


def runs_of_partsearch(text: str) -> Iterator[list[str]]:
    """The words after ``partsearch`` wherever the text tells a reader to run it."""
    scripts = [block.replace("\\\n", " ") for block in code_blocks(text, "sh")]
    for script in [*scripts, *code_words(text)]:
        for words in _RUN.findall(script):
            yield words.split()
