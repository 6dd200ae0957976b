"""The catalog: marks, models and parts. The only owner of their tables, indexes and functions."""
