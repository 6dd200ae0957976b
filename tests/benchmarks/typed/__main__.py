"""Runs the command."""

from tests.benchmarks.typed.command import main

main()
