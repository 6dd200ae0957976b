"""Exact counts and sums that do not read the parts that they count, from bit planes; docs/explanation/totals.md."""
