"""Measures both searches and reports how certain the figures are: measuring writes JSON, reporting reads it."""
