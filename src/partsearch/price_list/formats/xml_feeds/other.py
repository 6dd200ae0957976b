"""XML of a kind that is not known by its root element: which of its elements are the goods."""

import re
from collections import Counter
from pathlib import Path

from partsearch.price_list.formats.xml_feeds.elements import Builder, parse

_PRICE = re.compile("price|цена|ціна|cena|стоимость|вартість|cost", re.IGNORECASE)
_NAME = re.compile("name|title|наимен|найменув|назв|product|номенклатур|товар|деталь|запчаст", re.IGNORECASE)
_MOST_CHILDREN = 200
_MOST_TAGS = 1_000


def find_goods_tag(file: Path, path: Path, encoding: str | None = None) -> str:
    """Return the tag of the elements that most often have a name and a price, as children or attributes.

    Args:
        file: the XML file.
        path: the name of the input, for messages.
        encoding: that the user has given.

    Returns:
        The tag; empty if no element below the root has both.

    Raises:
        UnreadableFileError: the file is damaged or too large.
    """
    survey = _Survey(path)
    for _ in parse(file, path, survey, encoding):
        pass
    return max(survey.counts, key=lambda tag: survey.counts[tag], default="")


class _Survey(Builder):
    """Counts the elements that look like goods, by tag. It keeps the tags of the children of open elements only."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ())
        self.counts: Counter[str] = Counter()
        self._open: list[set[str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if self._open and len(self._open[-1]) < _MOST_CHILDREN:
            self._open[-1].add(tag)
        self.check_depth(len(self._open))
        self._open.append(set(attributes))

    def end(self, tag: str) -> None:
        super().end(tag)
        names = self._open.pop()
        is_known = tag in self.counts or len(self.counts) < _MOST_TAGS
        if self._open and is_known and any(map(_PRICE.search, names)) and any(map(_NAME.search, names)):
            self.counts[tag] += 1
