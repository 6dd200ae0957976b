"""Numbers in the notation of the active language."""

from decimal import Decimal

from django.utils.formats import number_format


def format_number(value: Decimal | int) -> str:
    """Return ``value`` with separated thousands, and with cents if it has any."""
    has_cents = value % 1 != 0
    return number_format(value, decimal_pos=2 if has_cents else 0, use_l10n=True, force_grouping=True)
