"""Runs the command."""

from tests.benchmarks.totals.command import main

main()
