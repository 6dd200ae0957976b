"""The judgement of ALTER TABLE, action by action."""

import re
from collections.abc import Callable, Iterator

from partsearch.deploy.safety import Fault, Kind, Known
from partsearch.deploy.sql_text import name, parts

_BEFORE_NAME = {"IF", "EXISTS", "ONLY"}
_NOT_A_COLUMN = re.compile(r"ADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b")
_HARMLESS = re.compile(
    r"(VALIDATE CONSTRAINT|ENABLE TRIGGER|SET \(|RESET \(|REPLICA IDENTITY"
    r"|ALTER (COLUMN )?\S+ (DROP NOT NULL|SET DEFAULT|SET STATISTICS|SET STORAGE|SET \(|RESET \())"
)
_TYPE = re.compile(r"ALTER (?:COLUMN )?(\S+) (?:SET DATA )?TYPE (.+?)(?: USING .*| COLLATE .*)?$")
_DROP_DEFAULT = re.compile(r"ALTER (?:COLUMN )?(\S+) DROP DEFAULT$")
_SET_NOT_NULL = re.compile(r"ALTER (?:COLUMN )?(\S+) SET NOT NULL$")
_COLUMN = re.compile(r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(\S+) (.*)$")
_CHEAP_DEFAULT = re.compile(
    r"DEFAULT (\( )?(''|- \d\S*|[\d.]+|TRUE|FALSE|NULL|CURRENT_\w+|NOW \( \)|STATEMENT_TIMESTAMP \( \))"
    r"( : : [\w\"]+( \( [\d ,]+ \))?( \[ \])?)?( \))?"
    r"($| (NOT|NULL|COLLATE|CONSTRAINT|CHECK|REFERENCES|UNIQUE|PRIMARY)\b)"
)
_TEXT = re.compile(r"(?:character varying|varchar)(?: \( (\d+) \)|\((\d+)\))?$|text$", re.IGNORECASE)

Rule = Callable[[str, str, Known], Iterator[Fault]]


def alter_table(words: tuple[str, ...], known: Known) -> Iterator[Fault]:
    """What is not safe about an ALTER TABLE.

    Args:
        words: those after ALTER TABLE.
        known: what the database has; it learns what the statement adds.
    """
    begin = next(index for index, word in enumerate(words) if word not in _BEFORE_NAME)
    table = name(words[begin])
    if not known.is_old(table):
        return
    for piece in parts(words[begin + 1 :]):
        yield from _action(table, " ".join(piece).removeprefix("* "), known)


def _action(table: str, action: str, known: Known) -> Iterator[Fault]:
    for beginning, rule in _RULES:
        if beginning.match(action):
            yield from rule(table, action, known)
            return
    if not _HARMLESS.match(action):
        yield Kind.UNKNOWN, "nothing is known of what it does to the running release"


def _add_constraint(table: str, action: str, known: Known) -> Iterator[Fault]:
    if not known.is_big(table) or action.endswith("NOT VALID"):
        return
    if re.search(r"\b(UNIQUE|PRIMARY KEY) USING INDEX\b", action):
        return
    if re.search(r"\b(UNIQUE|PRIMARY KEY|EXCLUDE)\b", action):
        advice = "make a unique index CONCURRENTLY, then the constraint USING INDEX"
    else:
        advice = "add it NOT VALID, and VALIDATE it in a migration after this one"
    yield Kind.BLOCKS, f"all of {table} is read while nobody can write to it: {advice}"


def _add_column(table: str, action: str, known: Known) -> Iterator[Fault]:
    match = _COLUMN.match(action)
    if not match:
        yield Kind.UNKNOWN, "nothing is known of what it does to the running release"
        return
    column, rest = name(match[1]), match[2]
    has_default = bool(re.search(r"\b(DEFAULT|GENERATED|\w*SERIAL\w*)\b", rest))
    if not re.search(r"\b(NOT NULL|PRIMARY KEY)\b", rest):
        known.nullable.add(f"{table}.{column}")
    elif not has_default:
        yield Kind.BREAKS, f"the running release inserts rows without {column}: give it a DEFAULT, or let it be NULL"
    if not known.is_big(table):
        return
    if has_default and not _CHEAP_DEFAULT.search(rest):
        yield Kind.BLOCKS, f"all of {table} is written anew while nobody can read it: add the column without a value"
    if re.search(r"\b(REFERENCES|CHECK|UNIQUE|PRIMARY KEY)\b", rest):
        yield Kind.BLOCKS, f"all of {table} is read while nobody can use it: add the constraint by itself"


def _change_type(table: str, action: str, known: Known) -> Iterator[Fault]:
    match = _TYPE.match(action)
    if match and _is_wider(known.columns.get(f"{table}.{name(match[1])}", ""), match[2]):
        return
    yield Kind.BREAKS, f"all of {table} is written anew, and the running release expects the type that it knows"


def _is_wider(old: str, new: str) -> bool:
    """Whether a text may only become longer, which changes no row."""
    before, after = _TEXT.match(old), _TEXT.match(new)
    if not before or not after:
        return False
    limits = [int(next(filter(None, match.groups()), 0)) for match in (before, after)]
    return limits[1] == 0 or 0 < limits[0] <= limits[1]


def _drop_default(table: str, action: str, known: Known) -> Iterator[Fault]:
    match = _DROP_DEFAULT.match(action)
    column = name(match[1]) if match else ""
    if f"{table}.{column}" not in known.nullable:
        yield Kind.BREAKS, f"the running release inserts rows without {column}: keep the DEFAULT (Django: db_default)"


def _set_not_null(table: str, action: str, _: Known) -> Iterator[Fault]:
    match = _SET_NOT_NULL.match(action)
    yield Kind.BREAKS, f"the running release may leave {name(match[1]) if match else ''} of {table} NULL"


def _drop(table: str, *_: object) -> Iterator[Fault]:
    yield Kind.BREAKS, f"the running release may use what is dropped of {table}"


def _rename(table: str, *_: object) -> Iterator[Fault]:
    yield (
        Kind.BREAKS,
        f"the running release knows {table} by the names that it has: add a new one, drop the old one later",
    )


_RULES: list[tuple[re.Pattern[str], Rule]] = [
    (_NOT_A_COLUMN, _add_constraint),
    (re.compile(r"ADD "), _add_column),
    (_TYPE, _change_type),
    (_DROP_DEFAULT, _drop_default),
    (_SET_NOT_NULL, _set_not_null),
    (re.compile(r"DROP "), _drop),
    (re.compile(r"RENAME "), _rename),
]
