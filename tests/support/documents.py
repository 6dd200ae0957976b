"""Reads the project's documents: code, links, headings, tables, and the commands that they show."""

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
    """Return every Markdown document."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("contrib/**/*.md")])


def read(path: str) -> str:
    """Return the text of a file; ``path`` is relative to the root of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    """Return the code blocks in a language."""
    return [match[3] for match in _BLOCK.finditer(text) if match[2] == language]


def prose(text: str) -> str:
    """Return the text without its code blocks."""
    return _BLOCK.sub("", text)


def code_words(text: str) -> list[str]:
    """Return the inline code."""
    return _CODE.findall(prose(text))


def links(text: str) -> list[str]:
    """Return the targets of the links and images."""
    return _LINK.findall(_CODE.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings."""
    headings = (heading.lower().replace("`", "") for heading in _HEADING.findall(prose(text)))
    return {re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in headings}


def sections(text: str) -> dict[str, str]:
    """Return the sections under second-level headings, by heading."""
    pieces = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """Return the cells of the rows of all tables, without the separator rows."""
    lines = [line.strip("| ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip("-| ")]


def runs_of_partsearch(text: str) -> Iterator[list[str]]:
    """Yield the words after ``partsearch`` of every command that the text shows."""
    scripts = [block.replace("\\\n", " ") for block in code_blocks(text, "sh")]
    for script in [*scripts, *code_words(text)]:
        for words in _RUN.findall(script):
            yield words.split()
