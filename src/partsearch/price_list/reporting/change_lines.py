"""The changes of an import as lines for people: what is hidden and created, examples, and moves of prices."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from partsearch.price_list.changes import ChangeKind, Changes, Example, PriceMoves

SHOWN_NAMES = 12
_LONGEST_NAME = 40
_LONGEST_VALUE = 30
_SHOWN_FIELDS = 4
_NOT_HERE = "—"
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")
_IN_TIMES = 2
_EXAMPLES = {
    ChangeKind.NEW: ("Would be added", "rows"),
    ChangeKind.CHANGED: ("Would be changed", "rows"),
    ChangeKind.HIDDEN: ("Would be hidden", "parts"),
    ChangeKind.SHOWN: ("Would be shown again", "parts"),
}


def change_lines(changes: Changes, *, is_dry_run: bool) -> Iterator[str]:
    """Yield the lines. A dry run is worded as what would happen, and has examples."""
    would = "that would be " if is_dry_run else ""
    if changes.gone:
        yield f"Parts {would}hidden, because the list no longer has them: {changes.gone:,}."
    if changes.sold:
        yield f"Parts {would}hidden, because they are sold: {changes.sold:,}."
    if changes.shown_again:
        yield f"Parts {would}shown again, which an earlier import has hidden: {changes.shown_again:,}."
    if changes.in_hidden:
        names = some([f"{name} ({count:,})" for name, count in changes.hidden_names], SHOWN_NAMES)
        yield f"Rows in a hidden mark or model, where no search finds them: {changes.in_hidden:,}, in {names}."
    new = "Marks that would be created" if is_dry_run else "New marks"
    if changes.new_marks:
        yield f"{new} ({len(changes.new_marks):,}): {some(changes.new_marks, SHOWN_NAMES)}."
    new = "Models that would be created" if is_dry_run else "New models"
    if changes.new_models:
        models = [f"{mark} {model}" for mark, model in changes.new_models]
        yield f"{new} ({len(models):,}): {some(models, SHOWN_NAMES)}."
    if is_dry_run:
        yield from _example_lines(changes)
    yield from _price_lines(changes.prices, has_examples=is_dry_run)


def some(texts: Sequence[str], most: int, count: int | None = None) -> str:
    """Return the first texts and how many more there are.

    Args:
        texts: all texts, or the first ones.
        most: how many are shown.
        count: how many there are, if not all are in ``texts``.
    """
    shown = texts[:most]
    more = (len(texts) if count is None else count) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def amount(price: Decimal | None) -> str:
    """Return a price for people: ``1,873.50``, ``70``."""
    if price is None:
        return _NOT_HERE
    return f"{price:,.2f}".removesuffix(".00")


def shortened(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Return a text in one line, cut where it is too long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _example_lines(changes: Changes) -> Iterator[str]:
    counts = {
        ChangeKind.NEW: changes.new,
        ChangeKind.CHANGED: changes.changed,
        ChangeKind.HIDDEN: changes.gone + changes.sold,
        ChangeKind.SHOWN: changes.shown_again,
    }
    for kind, (title, noun) in _EXAMPLES.items():
        examples = [example for example in changes.examples if example.kind is kind]
        if examples:
            all_of_them = len(examples) >= counts[kind]
            yield f"{title}:" if all_of_them else f"{title}, {len(examples)} of {counts[kind]:,} {noun}:"
            yield from (f"  {_name(example)}: {_what(example)}" for example in examples)


def _name(example: Example) -> str:
    row = "" if example.row_number is None else f"row {example.row_number}, "
    return f"{row}{example.mark} {example.model}, {shortened(example.name, _LONGEST_NAME)}"


def _what(example: Example) -> str:
    if example.kind is not ChangeKind.CHANGED or not example.fields:
        return amount(example.price)
    fields = [
        f"{name} {shortened(before) or _NOT_HERE} → {shortened(after) or _NOT_HERE}"
        for name, before, after in example.fields
    ]
    return some(fields, _SHOWN_FIELDS)


def _price_lines(prices: PriceMoves, *, has_examples: bool) -> Iterator[str]:
    if not prices.up and not prices.down:
        return
    moves = f"Prices: {prices.up:,} up, {prices.down:,} down"
    if not has_examples or not prices.largest:
        yield f"{moves}."
        return
    yield f"{moves}. The largest moves:"
    for example in prices.largest:
        yield f"  {_name(example)}: {amount(example.price_before)} → {amount(example.price)}{_ratio(example)}"


def _ratio(example: Example) -> str:
    """Return how far a price moves: in percent, from twice the price on in times."""
    before, after = example.price_before, example.price
    if not before or not after:
        return ""
    way, ratio = ("up", after / before) if after > before else ("down", before / after)
    if ratio >= _IN_TIMES:
        return f" ({ratio.quantize(_HUNDREDTH).normalize():,f} times {way})"
    percent = abs(after - before) / before * 100
    return f" ({percent.quantize(_TENTH).normalize():f} % {way})"
