"""Whether the targets give the same answers: only then is it worth knowing which is faster."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from partsearch.bench.environment.statements import StatementLog, between
from partsearch.bench.errors import AnswersDifferError
from partsearch.bench.load.answers import JsonValue, Number, ask, read, shown
from partsearch.bench.record import Parity, Request, Scenario, StatementCount, Target

_TRIES = 3
"""An answer may differ because the catalog changed between the two: a difference that stays is a real one."""
_LONGEST_SHOWN = 80
_COUNTED_REQUESTS = 10
_COUNTS = 5
_MISSING = object()
_FOREIGN = "another address than this site's has a database of its own"


def check_parity(
    targets: Sequence[Target], scenarios: Sequence[Scenario], statements: StatementLog, seconds: float
) -> Parity:
    """Compares the answers of all targets to every request of every scenario, and counts what they cost in SQL.

    Args:
        targets: who is compared.
        scenarios: with what.
        statements: what PostgreSQL knows of statements.
        seconds: how long an answer may take.

    Raises:
        AnswersDifferError: two targets answer differently; shows the first difference.
        NothingToMeasureError: a target does not answer, or not with 200.
    """
    matches = {one.name: tuple(_compare(targets, request, seconds) for request in one.requests) for one in scenarios}
    return Parity(
        answers=len(targets) * sum(len(one.requests) for one in scenarios),
        matches=matches,
        statements=tuple(_count(target, one, statements, seconds) for target in targets for one in scenarios),
        statements_unknown=statements.unknown or (_FOREIGN if any(not target.service for target in targets) else ""),
    )


def _compare(targets: Sequence[Target], request: Request, seconds: float) -> int:
    """Compares the answers to one request; returns how many parts match it."""
    told: str | None = None
    for _ in range(_TRIES):
        answers = {target.name: _answer(target, request, seconds) for target in targets}
        told = _difference(answers)
        if told is None:
            return _count_of(answers[targets[0].name])
    raise AnswersDifferError(
        f"The answers to {shown(request)} differ: {told}.",
        "Find out which is right before asking which is faster; send the request to both to see all of it.",
    )


def _answer(target: Target, request: Request, seconds: float) -> JsonValue:
    body = ask(target, request, seconds)
    try:
        return read(body)
    except ValueError as error:
        raise AnswersDifferError(
            f"{target.name} answers {shown(request)} with what is no JSON: {error}.", "Is it a search of the contract?"
        ) from error


def _count_of(answer: JsonValue) -> int:
    count = answer.get("count") if isinstance(answer, dict) else None
    return int(count.text) if isinstance(count, Number) and count.text.isdigit() else 0


def _difference(answers: Mapping[str, JsonValue]) -> str | None:
    """The first difference between the first answer and any other, in words."""
    (first, wanted), *others = answers.items()
    for name, got in others:
        for place, one, other in differences(wanted, got):
            return f"{place or 'the whole'} is {_text(one)} from {first}, {_text(other)} from {name}"
    return None


def differences(one: JsonValue, other: JsonValue, place: str = "") -> Iterator[tuple[str, JsonValue, JsonValue]]:
    """Where two answers differ: the place as in ``response[3].price``, and what either has there.

    The order of an object's keys does not matter. A value of another type is another value.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            inside = f"{place}.{key}" if place else str(key)
            yield from differences(one.get(key, _MISSING), other.get(key, _MISSING), inside)
    elif isinstance(one, list) and isinstance(other, list):
        for position, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from differences(left, right, f"{place}[{position}]")
        if len(one) != len(other):
            yield f"the length of {place or 'the answer'}", Number(str(len(one))), Number(str(len(other)))
    elif type(one) is not type(other) or one != other:
        yield place, one, other


def _text(value: JsonValue) -> str:
    if value is _MISSING:
        return "missing"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = value.text if isinstance(value, Number) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _count(target: Target, scenario: Scenario, statements: StatementLog, seconds: float) -> StatementCount:
    """Statements a request, the middle one of five counts.

    A new connection, another visitor or the guard, which searches now and then, adds some, and a connection of
    PostgreSQL that has not yet read the settings by which it counts leaves some out.
    """
    if statements.unknown or not target.service:
        return StatementCount(target.name, scenario.name, None)
    requests = scenario.requests * -(-_COUNTED_REQUESTS // len(scenario.requests))
    calls = median(_calls(target, requests, statements, seconds) for _ in range(_COUNTS))
    return StatementCount(target.name, scenario.name, None if statements.unknown else calls / len(requests))


def _calls(target: Target, requests: Sequence[Request], statements: StatementLog, seconds: float) -> int:
    before = statements.read()
    for request in requests:
        ask(target, request, seconds)
    return sum(one.calls for one in between(before, statements.read()))
