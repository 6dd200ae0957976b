"""Live search on a whole site."""
