"""SQL split into statements, and their words without comments and string literals, as the migration lint needs them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<body> \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$ )
    | (?P<text> [eE]'(?:[^'\\]|''|\\.)*' | (?:[uU]&|[bBxXnN])?'(?:[^']|'')*' )
    | (?P<quoted> "(?:[^"]|"")*" )
    | (?P<word> [\w$]+ )
    | (?P<sign> [^\s\w] )
    """,
    re.VERBOSE | re.DOTALL,
)
_SHORTENED_LETTERS = 120


@dataclass(frozen=True)
class SqlStatement:
    """A statement.

    ``words``: keywords and unquoted names in capitals, quoted names as they are, signs, and ``''`` for a string
    literal. A qualified name is one word.
    """

    text: str
    words: tuple[str, ...]

    @property
    def shortened(self) -> str:
        """The beginning of the statement, on one line."""
        line = " ".join(self.text.split())
        return line if len(line) <= _SHORTENED_LETTERS else f"{line[:_SHORTENED_LETTERS]}…"

    @property
    def canonical(self) -> str:
        """The words, separated by single spaces."""
        return " ".join(self.words)


def split_statements(sql: str) -> Iterator[SqlStatement]:
    """Yield the statements of ``sql`` in order, without those that consist of comments only."""
    words: list[str] = []
    begin, end, depth = None, 0, 0
    for match in _TOKEN.finditer(sql):
        if match["comment"]:
            continue
        word = _word(match)
        depth += _depth_change(word, words)
        if word == ";" and depth == 0:
            if begin is not None:
                yield SqlStatement(sql[begin:end], _with_qualified_names(words))
            words, begin = [], None
            continue
        begin = match.start() if begin is None else begin
        words.append(word)
        end = match.end()
    if begin is not None:
        yield SqlStatement(sql[begin:end], _with_qualified_names(words))


def _with_qualified_names(words: list[str]) -> tuple[str, ...]:
    joined: list[str] = []
    for word in words:
        if joined and (word == "." or joined[-1].endswith(".")):
            joined[-1] += word
        else:
            joined.append(word)
    return tuple(joined)


def _word(match: re.Match[str]) -> str:
    if match["body"] or match["text"]:
        return "''"
    return match[0].upper() if match["word"] else match[0]


def _depth_change(word: str, before: list[str]) -> int:
    """Return how a word changes the depth of nesting in BEGIN ATOMIC … END."""
    if word == "ATOMIC" and before and before[-1] == "BEGIN":
        return 1
    if "ATOMIC" not in before:
        return 0
    return {"CASE": 1, "END": -1}.get(word, 0)


def split_at_commas(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the parts between the commas that are not in parentheses or brackets."""
    pieces: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(word, 0)
        if word == "," and depth == 0:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return [tuple(piece) for piece in pieces]


def name(word: str) -> str:
    """Return the last part of a qualified name, as the catalog of PostgreSQL has it."""
    last: str = re.findall(r'"(?:[^"]|"")*"|[^."]+', word)[-1]
    return last[1:-1].replace('""', '"') if last.startswith('"') else last.lower()
