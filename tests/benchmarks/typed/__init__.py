"""How fast searches with ``q``, suggestions and facets are: ``python -m tests.benchmarks.typed``."""
