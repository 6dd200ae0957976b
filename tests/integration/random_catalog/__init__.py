"""The totals on real servers, under writes of every kind."""
