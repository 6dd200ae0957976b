"""Facets: their statements and how they are run."""
