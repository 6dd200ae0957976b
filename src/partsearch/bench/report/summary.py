"""The summary of a run: its result, its conditions and its limits, as text for all reports."""

from datetime import datetime

from partsearch.bench.analysis.comparison import comparisons, main_scenario
from partsearch.bench.formatting import catalog_size, counted, target_name
from partsearch.bench.record import Run

LIMITS = (
    "The figures are those of this machine, this catalog and this load. They do not say how many users a server can "
    "handle, how a slow network affects them, or what the ratio is on another machine."
)
STOPPED = "This run was stopped: it has the results up to then."


def heading(run: Run) -> str:
    """Return the result of the main scenario, if there is one."""
    main = main_scenario(run)
    comparison = next((each for each in comparisons(run) if each.scenario == main), None)
    if not comparison:
        return "Measured searches" if run.rounds else "Nothing was measured"
    if comparison.is_difference:
        return comparison.words
    return f"{target_name(comparison.baseline)} and {target_name(comparison.target)}: {comparison.words}"


def conditions(run: Run) -> str:
    """Return the load, the catalog and the time of a run."""
    began, ended = datetime.fromisoformat(run.began), datetime.fromisoformat(run.ended)
    settings = run.settings
    minutes = counted(max(round((ended - began).total_seconds() / 60), 1), "minute")
    return (
        f"{main_scenario(run) or 'no search'}: {settings.connections} connections,"
        f" {counted(settings.rounds, 'round')} of {settings.duration:g} s by {settings.generator};"
        f" {catalog_size(run.machine.rows)}; {began:%d %B %Y, %H:%M} UTC, {minutes}"
    )
