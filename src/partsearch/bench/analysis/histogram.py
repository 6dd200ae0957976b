"""Latencies as they were measured: wrk's correction undone, percentiles, and a check by Little's law."""

from partsearch.bench.record import Histogram, Round

_MICROSECONDS = 1_000_000


def correction_interval(seconds: float, requests: int, connections: int) -> int:
    """The microseconds between the samples that wrk made up, 0 where it made up none.

    Args:
        seconds: of the run, by wrk's clock.
        requests: that were answered.
        connections: that wrk was told to open.

    wrk 4 reckons with whole microseconds: the run's duration, divided by the requests of a connection (``main`` in
    its ``src/wrk.c``).
    """
    each = requests // connections
    return round(seconds * _MICROSECONDS) // each if each else 0


def undo_correction(given: Histogram, interval: int) -> Histogram:
    """What wrk had measured before it added its made-up samples.

    For each latency ``n`` from twice the interval on, wrk adds as many at ``n - interval``, ``n - 2 interval`` and so
    on, as long as they are longer than the interval (``stats_correct`` in its ``src/stats.c``). So what it gives at
    ``v``, longer than the interval, is what was measured at ``v`` and what it gives at ``v + interval``.

    Args:
        given: wrk's histogram.
        interval: microseconds, as :func:`correction_interval` has it.
    """
    if not interval:
        return given
    counts = dict(given)
    measured = (
        (value, count - counts.get(value + interval, 0) if value > interval else count) for value, count in given
    )
    return tuple((value, count) for value, count in measured if count)


def merged(*histograms: Histogram) -> Histogram:
    """All their latencies together."""
    counts: dict[int, int] = {}
    for histogram in histograms:
        for value, count in histogram:
            counts[value] = counts.get(value, 0) + count
    return tuple(sorted(counts.items()))


def answers(histogram: Histogram) -> int:
    """How many latencies are in it."""
    return sum(count for _, count in histogram)


def percentile(histogram: Histogram, percent: float) -> float | None:
    """The shortest time, in seconds, within which ``percent`` of the answers came; ``None`` of an empty histogram."""
    wanted = answers(histogram) * percent / 100
    seen = 0
    for value, count in histogram:
        seen += count
        if seen >= wanted:
            return value / _MICROSECONDS
    return None


def longest(histogram: Histogram) -> float | None:
    """The longest latency in seconds; ``None`` of an empty histogram."""
    return histogram[-1][0] / _MICROSECONDS if histogram else None


def mean(histogram: Histogram) -> float | None:
    """The mean latency in seconds; ``None`` of an empty histogram."""
    number = answers(histogram)
    return sum(value * count for value, count in histogram) / number / _MICROSECONDS if number else None


def concurrency(measured: Round) -> float | None:
    """How many requests were under way at a time, by Little's law; ``None`` where no latency is known.

    Little: their number is the rate of answers times the mean latency. In a closed loop it is near the number of
    connections, else the latencies, or the rate, are not those of this round.
    """
    average = mean(measured.latency) if measured.latency else measured.latency_mean
    if average is None or not measured.seconds:
        return None
    return average * measured.requests / measured.seconds


def little_ratio(measured: Round) -> float | None:
    """The concurrency by Little's law to the number of connections: 1 where all is well."""
    found = concurrency(measured)
    return None if found is None else found / measured.connections
