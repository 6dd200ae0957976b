"""The report of a run for people: one HTML file that needs no other, or a page of Markdown, and charts as files."""

from partsearch.bench.report.html import write_report
from partsearch.bench.report.markdown import write_markdown

__all__ = ["write_markdown", "write_report"]
