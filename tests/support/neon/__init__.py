"""Neon, emulated: a compute of real PostgreSQL and real PgBouncer behind a TLS front that sleeps and wakes."""
