"""Where the database is: embedded or any other PostgreSQL; its address, its readiness, its time limits."""
