"""Measures both searches so that the numbers can be believed: measuring writes JSON, drawing reads it."""
