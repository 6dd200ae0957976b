"""SQL taken apart as far as a check of migrations needs: statements, and their words without comments and texts."""

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
_LONGEST_SHOWN = 120


@dataclass(frozen=True)
class Statement:
    """A statement.

    ``words``: keywords and names without quotes in capitals, names in quotes as they are, signs, and ``''`` for a text.
    A qualified name is one word.
    """

    text: str
    words: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The statement in one line, shortened."""
        line = " ".join(self.text.split())
        return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"

    @property
    def canonical(self) -> str:
        """The words with single spaces between."""
        return " ".join(self.words)


def statements(sql: str) -> Iterator[Statement]:
    """The statements of ``sql`` in order; what consists of comments is none."""
    words: list[str] = []
    begin, end, depth = None, 0, 0
    for match in _TOKEN.finditer(sql):
        if match["comment"]:
            continue
        word = _word(match)
        depth += _deeper(word, words)
        if word == ";" and depth == 0:
            if begin is not None:
                yield Statement(sql[begin:end], _with_whole_names(words))
            words, begin = [], None
            continue
        begin = match.start() if begin is None else begin
        words.append(word)
        end = match.end()
    if begin is not None:
        yield Statement(sql[begin:end], _with_whole_names(words))


def _with_whole_names(words: list[str]) -> tuple[str, ...]:
    whole: list[str] = []
    for word in words:
        if whole and (word == "." or whole[-1].endswith(".")):
            whole[-1] += word
        else:
            whole.append(word)
    return tuple(whole)


def _word(match: re.Match[str]) -> str:
    if match["body"] or match["text"]:
        return "''"
    return match[0].upper() if match["word"] else match[0]


def _deeper(word: str, before: list[str]) -> int:
    """How much deeper inside of BEGIN ATOMIC … END a word leads."""
    if word == "ATOMIC" and before and before[-1] == "BEGIN":
        return 1
    if "ATOMIC" not in before:
        return 0
    return {"CASE": 1, "END": -1}.get(word, 0)


def parts(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The pieces between the commas that stand outside of parentheses."""
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
    """The last part of a name, as the catalog has it."""
    last: str = re.findall(r'"(?:[^"]|"")*"|[^."]+', word)[-1]
    return last[1:-1].replace('""', '"') if last.startswith('"') else last.lower()
