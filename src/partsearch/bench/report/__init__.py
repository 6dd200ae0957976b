"""The report of a run for people: one HTML file that needs no other, or a page of Markdown, and charts as files."""

from partsearch.bench.report.markdown import write_markdown
from partsearch.bench.report.page import write_report

__all__ = ["write_markdown", "write_report"]
