"""Searches as people type them: catalogs, the ways of writing, and an oracle of the answers in plain Python."""
