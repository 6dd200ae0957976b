"""The search as a FastAPI developer writes it, without tuning. It runs only for ``partsearch bench``.

It shares with the tuned service the server, the contract's reading of a request as a dependency, and the contract's
headers. It does not share the JSON that PostgreSQL builds, the one statement for page and totals, the route that
bypasses FastAPI's dependency system, the queue for connections, and the cancelling of abandoned searches.
"""
