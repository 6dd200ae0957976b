"""The answers as JSON: parts, facets, highlights."""
