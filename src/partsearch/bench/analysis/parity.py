"""The parity check: all targets give the same answers. Only then does their speed compare."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from partsearch.bench.environment.statements import StatementLog, between
from partsearch.bench.errors import AnswersDifferError
from partsearch.bench.load.answers import JsonValue, Number, ask, read, shown
from partsearch.bench.record import Parity, Request, Scenario, StatementCount, Target

_TRIES = 3
"""Answers may differ because the catalog changes between them. A difference that persists is a real one."""
_LONGEST_SHOWN = 80
_COUNTED_REQUESTS = 10
_COUNTS = 5
_MISSING = object()
_FOREIGN = "the database of an address outside this site is unknown"


def check_parity(
    targets: Sequence[Target], scenarios: Sequence[Scenario], statements: StatementLog, seconds: float
) -> Parity:
    """Compare the answers of all targets to every request of every scenario, and count their SQL statements.

    Args:
        targets: the targets to compare.
        scenarios: the requests to compare them by.
        statements: the log of SQL statements.
        seconds: how long an answer may take.

    Raises:
        AnswersDifferError: two targets answer differently; the message shows the first difference.
        NothingToMeasureError: a target does not answer, or not with 200.
    """
    matches = {
        scenario.name: tuple(_compare(targets, request, seconds) for request in scenario.requests)
        for scenario in scenarios
    }
    return Parity(
        answers=len(targets) * sum(len(scenario.requests) for scenario in scenarios),
        matches=matches,
        statements=tuple(
            _count_statements(target, scenario, statements, seconds) for target in targets for scenario in scenarios
        ),
        statements_unknown=statements.unknown or (_FOREIGN if any(not target.service for target in targets) else ""),
    )


def _compare(targets: Sequence[Target], request: Request, seconds: float) -> int:
    """Compare the answers to one request; return how many parts match it."""
    difference: str | None = None
    for _ in range(_TRIES):
        answers = {target.name: _answer(target, request, seconds) for target in targets}
        difference = _first_difference(answers)
        if difference is None:
            return _match_count(answers[targets[0].name])
    raise AnswersDifferError(
        f"The answers to {shown(request)} differ: {difference}.",
        "Send the request to both to see the whole answers, and find out which one is right.",
    )


def _answer(target: Target, request: Request, seconds: float) -> JsonValue:
    body = ask(target, request, seconds)
    try:
        return read(body)
    except ValueError as error:
        raise AnswersDifferError(
            f"{target.name} answers {shown(request)} with something other than JSON: {error}.",
            "Does the service have the contract of partsearch?",
        ) from error


def _match_count(answer: JsonValue) -> int:
    count = answer.get("count") if isinstance(answer, dict) else None
    return int(count.text) if isinstance(count, Number) and count.text.isdigit() else 0


def _first_difference(answers: Mapping[str, JsonValue]) -> str | None:
    """Return the first difference between the first answer and any other in words; ``None`` without one."""
    (first, wanted), *others = answers.items()
    for name, got in others:
        for place, value, other in differences(wanted, got):
            return f"{place or 'the whole'} is {_text(value)} from {first}, {_text(other)} from {name}"
    return None


def differences(value: JsonValue, other: JsonValue, place: str = "") -> Iterator[tuple[str, JsonValue, JsonValue]]:
    """Yield the differences of two answers: the place such as ``response[3].price``, and both values.

    The order of the keys of an object does not matter. Values of different types differ.
    """
    if isinstance(value, dict) and isinstance(other, dict):
        for key in [*value, *(key for key in other if key not in value)]:
            inside = f"{place}.{key}" if place else str(key)
            yield from differences(value.get(key, _MISSING), other.get(key, _MISSING), inside)
    elif isinstance(value, list) and isinstance(other, list):
        for position, (left, right) in enumerate(zip(value, other, strict=False)):
            yield from differences(left, right, f"{place}[{position}]")
        if len(value) != len(other):
            yield f"the length of {place or 'the answer'}", Number(str(len(value))), Number(str(len(other)))
    elif type(value) is not type(other) or value != other:
        yield place, value, other


def _text(value: JsonValue) -> str:
    if value is _MISSING:
        return "missing"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = value.text if isinstance(value, Number) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _count_statements(target: Target, scenario: Scenario, statements: StatementLog, seconds: float) -> StatementCount:
    """Return the statements per request, the median of five counts.

    A new connection, another client or the health checker may add statements to a count. A connection of PostgreSQL
    that has not yet applied the settings for counting leaves some out.
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
    return sum(statement.calls for statement in between(before, statements.read()))
