"""The search answered by plain Django: its ORM and nothing but its ORM."""
