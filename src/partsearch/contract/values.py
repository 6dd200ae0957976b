"""From one JSON value to the value that a search works with; what does not fit is named in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from partsearch.contract import limits
from partsearch.contract.errors import FieldError
from partsearch.contract.text import is_empty, trim

OneReading = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class TwoReadings:
    """A value of ``params`` in a query string that is JSON and text too; a part matches either."""

    as_json: OneReading
    as_text: str


ParamsValue = OneReading | TwoReadings


class ValueFaultsError(ValueError):
    """A value that does not fit its field; ``faults`` holds a message for every place inside it that is wrong."""

    def __init__(self, *faults: FieldError) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def _fault(message: str) -> ValueFaultsError:
    return ValueFaultsError(FieldError("", message))


def unknown_field() -> ValueFaultsError:
    """The fault of a field that the contract does not have."""
    return _fault("is not a field of the search")


class FaultCollector:
    """Gathers the faults of many values, so that a client reads all of them at once."""

    def __init__(self, faults: Iterable[FieldError] = ()) -> None:
        self.faults = list(faults)

    def at(self, place: str) -> "_Place":
        """A block for ``with``: a fault that is raised inside is filed under ``place``, and goes no further."""
        return _Place(self.faults, place)

    def raise_if_any(self) -> None:
        """Raises the faults gathered so far as one ``ValueFaultsError``."""
        if self.faults:
            raise ValueFaultsError(*self.faults)


class _Place:
    """What ``FaultCollector.at`` gives. Not by ``contextmanager``, which costs three times as much for each value."""

    __slots__ = ("_faults", "_place")

    def __init__(self, faults: list[FieldError], place: str) -> None:
        self._faults = faults
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, ValueFaultsError):
            return False
        self._faults += [
            FieldError(f"{self._place}.{fault.field}" if fault.field else self._place, fault.message)
            for fault in error.faults
        ]
        return True


def is_blank(value: object) -> bool:
    """Return whether ``value`` asks for no filter: null, or a text of white space and invisible characters alone."""
    return value is None or (isinstance(value, str) and is_empty(value))


def text(value: object) -> str:
    """A text of at most 200 characters, trimmed."""
    if not isinstance(value, str):
        raise _fault("must be a text")
    if len(value) > limits.TEXT_LENGTH:
        raise _fault(f"must be at most {limits.TEXT_LENGTH} characters long")
    return trim(value)


def _number(value: object, message: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _fault(message)
    return Decimal(value)


def _whole_number(value: object) -> Decimal:
    """A whole number; ``1.0`` is one too, as JSON Schema has it.

    Compared and not reckoned with, here and below: Decimal's arithmetic rounds, and fails for numbers that are huge.
    """
    number = _number(value, "must be a whole number")
    if number != number.to_integral_value():
        raise _fault("must be a whole number")
    return number


def page(value: object) -> int:
    """The number of a page, from 1."""
    number = _whole_number(value)
    if not 1 <= number <= limits.PAGE_MAXIMUM:
        raise _fault(f"must be between 1 and {limits.PAGE_MAXIMUM}")
    return int(number)


def ids(value: object) -> tuple[int, ...]:
    """The ids that a row can have; any other whole number belongs to no row, and need not be asked for."""
    if not isinstance(value, list):
        raise _fault("must be a list of whole numbers")
    if len(value) > limits.LIST_ITEMS:
        raise _fault(f"must hold at most {limits.LIST_ITEMS} items")
    numbers = []
    collector = FaultCollector()
    for position, item in enumerate(value):
        with collector.at(str(position)):
            numbers.append(_whole_number(item))
    collector.raise_if_any()
    return tuple(int(number) for number in numbers if 0 < number <= limits.ID_MAXIMUM)


def row_id(value: object) -> int:
    """One id; 0, which no row has, for any whole number that belongs to no row."""
    return next(iter(ids([_whole_number(value)])), 0)


def _price(value: object) -> Decimal:
    price = _number(value, "must be a number")
    if not 0 <= price <= limits.PRICE_MAXIMUM:
        raise _fault(f"must be between 0 and {limits.PRICE_MAXIMUM}")
    return price


def lowest_price(value: object) -> Decimal:
    """An inclusive lower bound, in whole cents: no price lies between a bound and the next cent."""
    return _price(value).quantize(limits.CENT, ROUND_CEILING)


def highest_price(value: object) -> Decimal:
    """An inclusive upper bound, in whole cents."""
    return _price(value).quantize(limits.CENT, ROUND_FLOOR)


def _params_value(value: object) -> ParamsValue:
    return _readings(value) if isinstance(value, TwoReadings) else _one_reading(value)


def _readings(value: TwoReadings) -> ParamsValue:
    """Return the readings that a field can hold; a number that none could hold is text alone."""
    try:
        as_json = _one_reading(value.as_json)
    except ValueFaultsError:
        return text(value.as_text)
    try:
        return TwoReadings(as_json, text(value.as_text))
    except ValueFaultsError:
        return as_json


def _one_reading(value: object) -> OneReading:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value)
    number = _number(value, "must be a text, a number, true or false")
    if number == 0:
        return Decimal(0)
    exponent = number.as_tuple().exponent
    if not -limits.PARAMS_NUMBER_MAXIMUM <= number <= limits.PARAMS_NUMBER_MAXIMUM:
        raise _fault(f"must be between -{limits.PARAMS_NUMBER_MAXIMUM} and {limits.PARAMS_NUMBER_MAXIMUM}")
    if isinstance(exponent, int) and exponent < -limits.PARAMS_NUMBER_DECIMALS:
        raise _fault(f"must have at most {limits.PARAMS_NUMBER_DECIMALS} decimals")
    return number


def params(value: object) -> dict[str, ParamsValue]:
    """Keys of ``json_data`` and the values they must equal, without those that ask for nothing."""
    if not isinstance(value, dict):
        raise _fault("must be an object")
    if len(value) > limits.PARAMS_KEYS:
        raise _fault(f"must hold at most {limits.PARAMS_KEYS} keys")
    wanted = {}
    collector = FaultCollector()
    for key, item in value.items():
        with collector.at(key[: limits.TEXT_LENGTH]):
            text(key)
            if not is_blank(item):
                wanted[key] = _params_value(item)
    collector.raise_if_any()
    return wanted
