"""Latency histograms: wrk's correction undone, percentiles, and a check by Little's law."""

from partsearch.bench.record import Histogram, Round

_MICROSECONDS = 1_000_000


def correction_interval(seconds: float, requests: int, connections: int) -> int:
    """Return the microseconds between the samples that wrk adds; 0 where it adds none.

    Args:
        seconds: the duration of the run by wrk's clock.
        requests: the number of answers.
        connections: the value of wrk's option ``-c``.

    wrk 4 divides the duration in whole microseconds by the requests per connection (``main`` in its ``src/wrk.c``).
    """
    each = requests // connections
    return round(seconds * _MICROSECONDS) // each if each else 0


def undo_correction(given: Histogram, interval: int) -> Histogram:
    """Return the histogram that wrk had measured before it added samples.

    For each latency ``n`` from twice the interval on, wrk adds as many samples at ``n - interval``, ``n - 2 interval``
    and so on, down to the interval (``stats_correct`` in its ``src/stats.c``). So its count at ``v``, longer than the
    interval, is the measured count at ``v`` plus its count at ``v + interval``.

    Args:
        given: wrk's histogram.
        interval: the microseconds that :func:`correction_interval` returns.
    """
    if not interval:
        return given
    counts = dict(given)
    measured = (
        (value, count - counts.get(value + interval, 0) if value > interval else count) for value, count in given
    )
    return tuple((value, count) for value, count in measured if count)


def merged(*histograms: Histogram) -> Histogram:
    """Return the histogram of all their latencies."""
    counts: dict[int, int] = {}
    for histogram in histograms:
        for value, count in histogram:
            counts[value] = counts.get(value, 0) + count
    return tuple(sorted(counts.items()))


def answers(histogram: Histogram) -> int:
    """Return the number of latencies."""
    return sum(count for _, count in histogram)


def percentile(histogram: Histogram, percent: float) -> float | None:
    """Return the seconds within which ``percent`` of the answers came; ``None`` for an empty histogram."""
    wanted = answers(histogram) * percent / 100
    seen = 0
    for value, count in histogram:
        seen += count
        if seen >= wanted:
            return value / _MICROSECONDS
    return None


def longest(histogram: Histogram) -> float | None:
    """Return the longest latency in seconds; ``None`` for an empty histogram."""
    return histogram[-1][0] / _MICROSECONDS if histogram else None


def mean(histogram: Histogram) -> float | None:
    """Return the mean latency in seconds; ``None`` for an empty histogram."""
    number = answers(histogram)
    return sum(value * count for value, count in histogram) / number / _MICROSECONDS if number else None


def concurrency(measured: Round) -> float | None:
    """Return the mean number of concurrent requests by Little's law; ``None`` where no latency is known.

    By that law it is the rate of answers times the mean latency. In a closed loop it is near the number of connections.
    Otherwise the latencies or the rate are wrong.
    """
    average = mean(measured.latency) if measured.latency else measured.latency_mean
    if average is None or not measured.seconds:
        return None
    return average * measured.requests / measured.seconds


def little_ratio(measured: Round) -> float | None:
    """Return the concurrency by Little's law divided by the connections: near 1 if the figures are consistent."""
    concurrent = concurrency(measured)
    return None if concurrent is None else concurrent / measured.connections
