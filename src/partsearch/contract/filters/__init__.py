"""What the fields of a search mean for the database: filters by name, params, the meaning of ``q``."""
