"""The names of targets, and numbers and times as text, for all reports."""

import math
from collections.abc import Mapping

from partsearch.bench.record import Target

_SERVICES = {
    "django": "Django",
    "fastapi": "FastAPI",
    "django-plain": "Plain Django",
    "fastapi-plain": "Plain FastAPI",
}
_MILLISECONDS = 1000
_MEBIBYTE = 1024 * 1024
# A value that rounding would raise to 100 or 10 gets as many digits as these.
_ALL_DIGITS_FROM = 99.95
_ONE_DIGIT_FROM = 9.995


def target_name(target: Target) -> str:
    """Return the name of a target: ``Django``, ``FastAPI through Nginx``; for ``--url`` the given name."""
    if target.service is None:
        return target.name
    name = _SERVICES.get(target.service, target.service)
    return f"{name} through Nginx" if target.is_through_nginx else name


def short_name(target: Target) -> str:
    """Return the name of a target for narrow columns: ``Django``, ``FastAPI, Nginx``."""
    return target_name(target).replace(" through", ",") if target.service else target.name


def rounded(value: float) -> str:
    """Return a number with three significant digits: 2,190, 44.1, 0.412."""
    size = abs(value)
    if size >= _ALL_DIGITS_FROM or size == 0:
        return f"{value:,.0f}"
    if size >= _ONE_DIGIT_FROM:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def plain(value: float) -> str:
    """Return a round number without superfluous digits: 2,000, 50, 0.5."""
    return f"{value:,.10g}"


def milliseconds(seconds: float) -> str:
    """Return seconds as milliseconds, without the unit."""
    return rounded(seconds * _MILLISECONDS)


def plain_milliseconds(seconds: float) -> str:
    """Return round seconds as milliseconds: 0.05 as 50."""
    return plain(seconds * _MILLISECONDS)


def mebibytes(size: float) -> str:
    """Return bytes as MiB, without the unit."""
    return rounded(size / _MEBIBYTE)


def percent(share: float) -> str:
    """Return a share as a percentage: ``12 %``, ``3.1 %``; an infinite one as ``any size``."""
    if math.isinf(share):
        return "any size"
    value = share * 100
    return f"{value:.0f} %" if abs(value) >= _ONE_DIGIT_FROM else f"{value:.1f} %"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 round``, ``5 rounds``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def catalog_size(rows: Mapping[str, int]) -> str:
    """Return the size of the catalog: ``10,000 parts``. The catalog of another computer is unknown."""
    return f"{rows['part']:,} parts" if "part" in rows else "an unknown catalog"
