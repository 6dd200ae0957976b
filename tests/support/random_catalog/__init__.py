"""Random writes and searches that prove the totals: the planes must answer as the parts do."""
