"""The report of a run for people: one HTML file that needs no other, and its charts as files beside it."""

from partsearch.bench.report.page import write_report

__all__ = ["write_report"]
