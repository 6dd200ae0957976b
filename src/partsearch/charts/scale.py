"""Scales: the position of a value on an axis, and the round values that label the axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_DIGITS = (1, 2, 5)
_MANY_DIGITS = (1, 1.5, 2, 3, 4, 5, 7)
_EXTRA_TICKS = 2


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` at ``start`` to ``high`` at ``end``, in pixels; a logarithmic one begins above 0."""

    low: float
    high: float
    start: float
    end: float
    is_logarithmic: bool = False

    def position(self, value: float) -> float:
        """Return the position of a value, in pixels."""
        return round(self.start + self._fraction(value) * (self.end - self.start), 1)

    def _fraction(self, value: float) -> float:
        if self.is_logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self, count: int = 5) -> list[float]:
        """Return about ``count`` round values on the axis."""
        return self._logarithmic_ticks(count) if self.is_logarithmic else self._linear_ticks(count)

    def _linear_ticks(self, count: int) -> list[float]:
        step = _round_up((self.high - self.low) / count)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    def _logarithmic_ticks(self, count: int) -> list[float]:
        decades = math.log10(self.high / self.low)
        choices: tuple[tuple[float, ...], ...] = (_MANY_DIGITS, _DIGITS, (1,))
        digits = next((choice for choice in choices if decades * len(choice) <= count + _EXTRA_TICKS), (1,))
        exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        values = [digit * 10.0**exponent for exponent in exponents for digit in digits]
        return [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]


def linear(values: Sequence[float], start: float, end: float) -> Scale:
    """Return an axis from 0 that includes all values."""
    highest = max(values, default=1) or 1
    step = _round_up(highest / 5)
    return Scale(0, math.ceil(highest / step - 1e-9) * step, start, end)


def logarithmic(values: Sequence[float], start: float, end: float, margin: float = 1.15) -> Scale:
    """Return a logarithmic axis that includes the positive values; ``margin`` is a factor at both ends."""
    positive = [value for value in values if value > 0] or [1.0]
    return Scale(min(positive) / margin, max(positive) * margin, start, end, is_logarithmic=True)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, … and of their tenths."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(digit * power for digit in (*_DIGITS, 10) if value <= digit * power * (1 + 1e-9))
