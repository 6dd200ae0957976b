"""The report of an update for people: one HTML file that needs no other."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from string import Template

from partsearch.deploy.record import Record, State, Step
from partsearch.deploy.timeline import step_name, timeline


def report(record: Record) -> str:
    """The report as HTML."""
    template = Template(files(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    heading = escape(_heading(record))
    return template.substitute(
        title=heading,
        heading=heading,
        when=escape(_when(record)),
        reason=f'<p class="reason">{escape(record.reason)}</p>' if record.reason else "",
        figures="".join(_figure(*figure) for figure in _figures(record)),
        timeline=_drawing(record),
        steps="".join(_step_row(step, record) for step in record.steps),
        thresholds=_rows((name.replace("_", " "), _shown(value)) for name, value in record.thresholds.items()),
    )


def _heading(record: Record) -> str:
    new, old = record.new_release or record.source, record.old_release
    if record.state is State.DONE:
        return f"{new} replaced {old}"
    if record.state is State.ROLLED_BACK:
        return f"{new} was rolled back; {old} serves"
    if record.state is State.FAILED:
        return f"{new} was not started; {old} serves"
    return f"{new} is replacing {old}: {record.state}"


def _when(record: Record) -> str:
    began = datetime.fromtimestamp(record.began, UTC)
    took = "" if record.ended is None else f", took {_duration(record.ended - record.began)}"
    return f"{record.kind} of {record.source}, {began:%d %B %Y, %H:%M:%S} UTC{took}"


def _figures(record: Record) -> Iterable[tuple[str, str, bool]]:
    yield "requests during the switch", f"{record.requests:,}", False
    yield "failed", f"{record.failed:,}", record.failed > 0
    yield "sockets moved", f"{record.sockets:,}", False
    if record.cut:
        yield "cut off", f"{record.cut:,}", True
    if record.returned_seconds is not None:
        yield "back after", f"{record.returned_seconds:.2f} s", False


def _figure(name: str, value: str, is_bad: bool) -> str:  # noqa: FBT001
    style = ' class="bad"' if is_bad else ""
    return f"<div><dt>{escape(name)}</dt><dd{style}>{escape(value)}</dd></div>"


def _drawing(record: Record) -> str:
    drawing = timeline(record)
    if not drawing:
        return "<p>No traffic was moved.</p>"
    key = "".join(
        f'<span class="key {slot}">{escape(f"{release} ({slot})")}</span>'
        for slot, release in ((record.old_slot, record.old_release), (record.new_slot, record.new_release))
    )
    return f"<figure>{drawing}<figcaption>{key}× errors</figcaption></figure>"


def _step_row(step: Step, record: Record) -> str:
    took = "" if step.ended is None else _duration(step.ended - step.began)
    return (
        f'<tr><td>{escape(step_name(step))}</td><td class="number">{_duration(step.began - record.began)}</td>'
        f'<td class="number">{took}</td><td>{escape(step.note)}</td></tr>'
    )


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in pairs)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"
