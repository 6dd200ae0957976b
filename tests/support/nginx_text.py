"""Parses a configuration of Nginx: directives with words, some of them with a block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""\s*(?:#[^\n]*|([{};])|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s;{}\\]|\\.)+))""")


@dataclass
class Directive:
    """A directive: its name and the words after it, and the directives in its block."""

    words: tuple[str, ...]
    block: list["Directive"] = field(default_factory=list)

    def all(self, *names: str) -> list["Directive"]:
        """Return the directives of these names in the block."""
        return [directive for directive in self.block if directive.words[0] in names]

    def plain(self) -> tuple[object, ...]:
        """Return the directive as a value to compare, in which the order of its block does not matter."""
        return (*self.words, *sorted(map(repr, (inner.plain() for inner in self.block))))


def parse(text: str) -> Directive:
    """Return the configuration as the block of a directive without a name."""
    root = Directive(())
    _read_block(_tokens(text), root)
    return root


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each token, and whether it is punctuation."""
    for match in _TOKEN.finditer(text.strip()):
        punctuation, *strings = match.groups()
        if punctuation:
            yield punctuation, True
        elif any(string is not None for string in strings):
            yield next(string for string in strings if string is not None), False


def _read_block(tokens: Iterator[tuple[str, bool]], parent: Directive) -> None:
    words: list[str] = []
    for token, is_punctuation in tokens:
        if not is_punctuation:
            words.append(token)
        elif token == "}":
            return
        else:
            directive = Directive(tuple(words))
            parent.block.append(directive)
            words = []
            if token == "{":
                _read_block(tokens, directive)
