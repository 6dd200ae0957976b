"""Numbers as people read them."""

from decimal import Decimal

from django.utils.formats import number_format


def grouped(value: Decimal | int) -> str:
    """``value`` with its thousands apart, as the active language writes them, and with cents where it has any."""
    has_cents = value % 1 != 0
    return number_format(value, decimal_pos=2 if has_cents else 0, use_l10n=True, force_grouping=True)
