"""Live search on a complete site."""
