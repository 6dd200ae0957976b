"""The database: its address, the embedded PostgreSQL, errors, availability, and the checks of ``doctor``."""
