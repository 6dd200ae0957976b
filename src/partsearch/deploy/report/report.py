"""The report of a deployment: the values of the page, formatted as text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from django.utils.safestring import mark_safe

from partsearch.charts.page import render_page
from partsearch.charts.palette import DARK, LIGHT, css_variables
from partsearch.deploy.report.timeline import step_label, timeline_svg
from partsearch.deploy.state.record import DeploymentRecord, State, Step


@dataclass(frozen=True)
class _Figure:
    name: str
    value: str
    is_bad: bool = False


@dataclass(frozen=True)
class _StepRow:
    name: str
    began: str
    took: str
    note: str


def render_report(record: DeploymentRecord) -> str:
    """Return the HTML of the report."""
    values = {
        "light": css_variables(LIGHT),
        "dark": css_variables(DARK),
        "heading": _heading(record),
        "summary": _summary(record),
        "reason": record.reason,
        "figures": list(_figures(record)),
        # The chart module writes the elements of the SVG itself and escapes the texts in it.
        "timeline": mark_safe(timeline_svg(record)),  # noqa: S308
        "legend": [
            {"slot": str(record.old_slot), "release": record.old_release},
            {"slot": str(record.new_slot), "release": record.new_release},
        ],
        "steps": [_step_row(step, record) for step in record.steps],
        "thresholds": [(name.replace("_", " "), _text(value)) for name, value in record.thresholds.items()],
    }
    return render_page(files(__package__).joinpath("report.html"), values)


def _heading(record: DeploymentRecord) -> str:
    new, old = record.new_release or record.source, record.old_release
    if record.state is State.DONE:
        return f"{new} replaced {old}"
    if record.state is State.ROLLED_BACK:
        return f"{new} was rolled back; {old} serves"
    if record.state is State.FAILED:
        return f"{new} was not started; {old} serves"
    return f"{new} is replacing {old}: {record.state.label}"


def _summary(record: DeploymentRecord) -> str:
    began = datetime.fromtimestamp(record.began, UTC)
    took = "" if record.ended is None else f", took {_duration(record.ended - record.began)}"
    return f"{record.kind} of {record.source}, {began:%d %B %Y, %H:%M:%S} UTC{took}"


def _figures(record: DeploymentRecord) -> Iterator[_Figure]:
    yield _Figure("requests during the switch", f"{record.requests:,}")
    yield _Figure("failed", f"{record.failed:,}", is_bad=record.failed > 0)
    yield _Figure("sockets moved", f"{record.moved_sockets:,}")
    if record.cut:
        yield _Figure("cut off", f"{record.cut:,}", is_bad=True)
    if record.rollback_seconds is not None:
        yield _Figure("rolled back within", f"{record.rollback_seconds:.2f} s")


def _step_row(step: Step, record: DeploymentRecord) -> _StepRow:
    took = "" if step.ended is None else _duration(step.ended - step.began)
    return _StepRow(step_label(step), _duration(step.began - record.began), took, step.note)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"
