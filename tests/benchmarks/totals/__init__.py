"""How fast the exact totals are: ``python -m tests.benchmarks.totals``; docs/reference/benchmark-totals.md."""
