"""An emulation of Neon: real PostgreSQL and PgBouncer behind a TLS front that suspends and wakes them."""
