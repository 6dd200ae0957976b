"""The producer countries of marks, in Russian, for the field ``producer_country_name``."""

from partsearch.catalog.vehicle_alias import VehicleAlias, active_aliases


def producer_country(mark: str) -> str:
    """Return the country of a mark by any of its aliases in the database; empty if none is known."""
    marks = active_aliases(mark).filter(model="").values("mark")
    known = VehicleAlias.objects.filter(model="", mark__in=marks).exclude(country="")
    return known.order_by("id").values_list("country", flat=True).first() or ""
