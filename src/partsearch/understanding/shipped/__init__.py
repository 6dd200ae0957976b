"""The synonyms, abbreviations, colours, conditions and places that the project ships.

``synonyms.toml`` beside this module holds them. The catalog brings them into the table ``synonym``, where they can be
edited; a search reads only the table.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files

from partsearch.contract.text.normalized import normalize
from partsearch.understanding.rows import SynonymRow

SYNONYM = "synonym"
ABBREVIATION = "abbreviation"

_TRUTH = {"true": True, "false": False}
_PARAMS = ("color", "is_new_part", "condition", "side", "position", "level")
_LONGEST_TEXT = 2
"""A text that names contain has at most so many words."""


def shipped_synonyms() -> list[SynonymRow]:
    """Return the shipped rows; no two have the same ``written``."""
    rows: dict[str, SynonymRow] = {}
    for row in _read(tomllib.loads(files(__name__).joinpath("synonyms.toml").read_text("utf-8"))):
        known = rows.get(row.written, SynonymRow(row.written, row.kind))
        meanings = tuple(dict.fromkeys((*known.meanings, *row.meanings)))
        rows[row.written] = SynonymRow(row.written, known.kind, meanings, {**row.params, **known.params})
    return [row for row in rows.values() if row.meanings or row.params]


def _read(tables: Mapping[str, object]) -> Iterator[SynonymRow]:
    same, means, abbreviations = tables["same"], tables["means"], tables["abbreviations"]
    if not isinstance(same, list) or not isinstance(means, dict) or not isinstance(abbreviations, dict):
        raise TypeError("synonyms.toml: same is a list; means and abbreviations are tables")
    for words in map(_texts, same):
        for written in words:
            yield _row(written, SYNONYM, words)
    for typed, found in means.items():
        for written in _texts(typed):
            yield _row(written, SYNONYM, _texts(found))
    for typed, found in abbreviations.items():
        for written in _texts(typed):
            yield _row(written, ABBREVIATION, _texts(found))
    for key in _PARAMS:
        table = tables[key]
        if not isinstance(table, dict):
            raise TypeError(f"synonyms.toml: {key} is a table")
        yield from _rows_of_params(key, table)


def _rows_of_params(key: str, table: Mapping[str, str]) -> Iterator[SynonymRow]:
    for name, words in table.items():
        value = _TRUTH.get(name, name)
        own = () if isinstance(value, bool) else (normalize(name),)
        for written in (*own, *_texts(words)):
            yield SynonymRow(written, SYNONYM, (), {key: value})


def _row(written: str, kind: str, texts: tuple[str, ...]) -> SynonymRow:
    meanings = tuple(text for text in texts if text != written and len(text.split()) <= _LONGEST_TEXT)
    return SynonymRow(written, kind, meanings)


def _texts(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalize(word) for word in words.split(",")))
