"""The FastAPI service: the search written in SQL, in ``queries/*.sql``."""
