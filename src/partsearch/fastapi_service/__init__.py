"""The search answered by FastAPI and hand-written SQL, which stands in ``queries/*.sql``."""
