"""The reports of a run. Each exporter writes the same record in another format."""

from partsearch.bench.report.exporter import Exporter, JsonExporter
from partsearch.bench.report.html import HtmlExporter
from partsearch.bench.report.markdown import MarkdownExporter
from partsearch.bench.report.terminal import TerminalExporter

__all__ = ["Exporter", "HtmlExporter", "JsonExporter", "MarkdownExporter", "TerminalExporter"]
