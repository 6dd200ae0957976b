"""What people call a target, a number and a time."""

import math
from collections.abc import Mapping

from partsearch.bench.record import Target

_SERVICES = {"django": "Django", "fastapi": "FastAPI"}
_MILLISECONDS = 1000
_MEBIBYTE = 1024 * 1024
# What would be rounded up to 100 or 10 has as many digits as they have.
_ALL_DIGITS_FROM = 99.95
_ONE_DIGIT_FROM = 9.995


def target_name(target: Target) -> str:
    """``Django``, ``FastAPI through Nginx``; a target of ``--url`` as it was named."""
    if target.service is None:
        return target.name
    name = _SERVICES.get(target.service, target.service)
    return f"{name} through Nginx" if target.is_through_nginx else name


def short_name(target: Target) -> str:
    """``Django``, ``FastAPI, Nginx``: the name where there is little room."""
    return target_name(target).replace(" through", ",") if target.service else target.name


def rounded(value: float) -> str:
    """A number with three digits that count: 2,190, 44.1, 0.412."""
    size = abs(value)
    if size >= _ALL_DIGITS_FROM or size == 0:
        return f"{value:,.0f}"
    if size >= _ONE_DIGIT_FROM:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def plain(value: float) -> str:
    """A round number with no more digits than it has: 2,000, 50, 0.5."""
    return f"{value:,.10g}"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, without the unit."""
    return rounded(seconds * _MILLISECONDS)


def plain_milliseconds(seconds: float) -> str:
    """Round seconds as milliseconds: 0.05 as 50."""
    return plain(seconds * _MILLISECONDS)


def mebibytes(size: float) -> str:
    """Bytes as MiB, without the unit."""
    return rounded(size / _MEBIBYTE)


def percent(share: float) -> str:
    """A share as a percentage: ``12 %``, ``3.1 %``; one without bounds is ``any size``."""
    if math.isinf(share):
        return "any size"
    value = share * 100
    return f"{value:.0f} %" if abs(value) >= _ONE_DIGIT_FROM else f"{value:.1f} %"


def counted(number: int, noun: str) -> str:
    """``1 round``, ``5 rounds``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def catalog_size(rows: Mapping[str, int]) -> str:
    """``10,000 parts``; of another computer's catalog nothing is known."""
    return f"{rows['part']:,} parts" if "part" in rows else "a catalog elsewhere"
