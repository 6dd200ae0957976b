"""The rules of the migration lint for ALTER TABLE, one for each kind of action."""

import re
from collections.abc import Callable, Iterator

from partsearch.deploy.migrations.sql_text import name, split_at_commas
from partsearch.deploy.migrations.violations import LintContext, Violation, ViolationKind

_BEFORE_NAME = {"IF", "EXISTS", "ONLY"}
_ADD_CONSTRAINT = re.compile(r"ADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b")
_SAFE = re.compile(
    r"(VALIDATE CONSTRAINT|ENABLE TRIGGER|SET \(|RESET \(|REPLICA IDENTITY"
    r"|ALTER (COLUMN )?\S+ (DROP NOT NULL|SET DEFAULT|SET STATISTICS|SET STORAGE|SET \(|RESET \())"
)
_TYPE = re.compile(r"ALTER (?:COLUMN )?(\S+) (?:SET DATA )?TYPE (.+?)(?: USING .*| COLLATE .*)?$")
_DROP_DEFAULT = re.compile(r"ALTER (?:COLUMN )?(\S+) DROP DEFAULT$")
_SET_NOT_NULL = re.compile(r"ALTER (?:COLUMN )?(\S+) SET NOT NULL$")
_COLUMN = re.compile(r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(\S+) (.*)$")
_CONSTANT_DEFAULT = re.compile(
    r"DEFAULT (\( )?(''|- \d\S*|[\d.]+|TRUE|FALSE|NULL|CURRENT_\w+|NOW \( \)|STATEMENT_TIMESTAMP \( \))"
    r"( : : [\w\"]+( \( [\d ,]+ \))?( \[ \])?)?( \))?"
    r"($| (NOT|NULL|COLLATE|CONSTRAINT|CHECK|REFERENCES|UNIQUE|PRIMARY)\b)"
)
_TEXT = re.compile(r"(?:character varying|varchar)(?: \( (\d+) \)|\((\d+)\))?$|text$", re.IGNORECASE)
_UNKNOWN = Violation(ViolationKind.UNKNOWN, "its effect on the running release is unknown")

Rule = Callable[[str, str, LintContext], Iterator[Violation]]


def check_alter_table(words: tuple[str, ...], context: LintContext) -> Iterator[Violation]:
    """Yield the violations of an ALTER TABLE.

    Args:
        words: the words after ALTER TABLE.
        context: gets the columns that the statement adds.
    """
    begin = next(index for index, word in enumerate(words) if word not in _BEFORE_NAME)
    table = name(words[begin])
    if not context.is_in_use(table):
        return
    for action in split_at_commas(words[begin + 1 :]):
        yield from _check_action(table, " ".join(action).removeprefix("* "), context)


def _check_action(table: str, action: str, context: LintContext) -> Iterator[Violation]:
    for pattern, rule in _RULES:
        if pattern.match(action):
            yield from rule(table, action, context)
            return
    if not _SAFE.match(action):
        yield _UNKNOWN


def _add_constraint(table: str, action: str, context: LintContext) -> Iterator[Violation]:
    if not context.is_big(table) or action.endswith("NOT VALID"):
        return
    if re.search(r"\b(UNIQUE|PRIMARY KEY) USING INDEX\b", action):
        return
    if re.search(r"\b(UNIQUE|PRIMARY KEY|EXCLUDE)\b", action):
        advice = "create a unique index CONCURRENTLY, then the constraint USING INDEX"
    else:
        advice = "add it NOT VALID, and VALIDATE it in a migration after this one"
    yield Violation(ViolationKind.BLOCKS, f"writes wait while all of {table} is read: {advice}")


def _add_column(table: str, action: str, context: LintContext) -> Iterator[Violation]:
    match = _COLUMN.match(action)
    if not match:
        yield _UNKNOWN
        return
    column, rest = name(match[1]), match[2]
    has_default = bool(re.search(r"\b(DEFAULT|GENERATED|\w*SERIAL\w*)\b", rest))
    if not re.search(r"\b(NOT NULL|PRIMARY KEY)\b", rest):
        context.nullable.add(f"{table}.{column}")
    elif not has_default:
        reason = f"the running release inserts rows without {column}: give it a DEFAULT, or allow NULL"
        yield Violation(ViolationKind.BREAKS, reason)
    if not context.is_big(table):
        return
    if has_default and not _CONSTANT_DEFAULT.search(rest):
        reason = f"searches and writes wait while all of {table} is rewritten: add the column without a value"
        yield Violation(ViolationKind.BLOCKS, reason)
    if re.search(r"\b(REFERENCES|CHECK|UNIQUE|PRIMARY KEY)\b", rest):
        reason = f"searches and writes wait while all of {table} is read: add the constraint separately"
        yield Violation(ViolationKind.BLOCKS, reason)


def _change_type(table: str, action: str, context: LintContext) -> Iterator[Violation]:
    match = _TYPE.match(action)
    if match and _is_longer_text(context.columns.get(f"{table}.{name(match[1])}", ""), match[2]):
        return
    reason = f"all of {table} is rewritten, and the running release expects the old type"
    yield Violation(ViolationKind.BREAKS, reason)


def _is_longer_text(old: str, new: str) -> bool:
    """Return whether the change only allows longer texts, which rewrites no row."""
    before, after = _TEXT.match(old), _TEXT.match(new)
    if not before or not after:
        return False
    limits = [int(next(filter(None, match.groups()), 0)) for match in (before, after)]
    return limits[1] == 0 or 0 < limits[0] <= limits[1]


def _drop_default(table: str, action: str, context: LintContext) -> Iterator[Violation]:
    match = _DROP_DEFAULT.match(action)
    column = name(match[1]) if match else ""
    if f"{table}.{column}" not in context.nullable:
        reason = f"the running release inserts rows without {column}: keep the DEFAULT (Django: db_default)"
        yield Violation(ViolationKind.BREAKS, reason)


def _set_not_null(table: str, action: str, _: LintContext) -> Iterator[Violation]:
    match = _SET_NOT_NULL.match(action)
    column = name(match[1]) if match else ""
    yield Violation(ViolationKind.BREAKS, f"the running release may write NULL to {column} of {table}")


def _drop(table: str, *_: object) -> Iterator[Violation]:
    yield Violation(ViolationKind.BREAKS, f"the running release may use what is dropped from {table}")


def _rename(table: str, *_: object) -> Iterator[Violation]:
    reason = f"the running release uses the old names of {table}: add a new one, and drop the old one later"
    yield Violation(ViolationKind.BREAKS, reason)


_RULES: list[tuple[re.Pattern[str], Rule]] = [
    (_ADD_CONSTRAINT, _add_constraint),
    (re.compile(r"ADD "), _add_column),
    (_TYPE, _change_type),
    (_DROP_DEFAULT, _drop_default),
    (_SET_NOT_NULL, _set_not_null),
    (re.compile(r"DROP "), _drop),
    (re.compile(r"RENAME "), _rename),
]
