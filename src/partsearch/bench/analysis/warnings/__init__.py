"""What makes the numbers of a run less believable: each case says what to try next."""

from partsearch.bench.analysis.warnings import load, surroundings
from partsearch.bench.record import Run, RunWarning

_CASES = (
    surroundings.was_stopped,
    load.had_errors,
    load.found_nothing,
    surroundings.was_busy_before,
    surroundings.lost_time_to_others_on_the_host,
    surroundings.shared_the_machine,
    surroundings.has_unlike_services,
    load.had_a_hungry_generator,
    load.had_few_rounds,
    load.had_short_rounds,
    load.is_noisy,
    load.has_rounds_apart,
    load.warmed_up_too_little,
    load.breaks_littles_law,
    load.fell_behind_the_fixed_rate,
    load.was_late_itself,
    load.sees_too_few_answers,
    surroundings.changes_its_clock,
    surroundings.may_not_use_all_cores,
    surroundings.has_uncommitted_changes,
)


def warnings_of(run: Run) -> tuple[RunWarning, ...]:
    """The warnings of a run, the gravest first; the run's own ``warnings`` are not looked at."""
    return tuple(warning for case in _CASES for warning in case(run))
