"""The command line: ``python -m tests.benchmarks.imports``."""

from tests.benchmarks.imports.command import main

main()
