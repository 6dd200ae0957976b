"""Django's backend for PostgreSQL, for a service whose database may be pooled and may sleep."""
