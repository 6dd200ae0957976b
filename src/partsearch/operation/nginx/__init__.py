"""Nginx: its configuration, the traffic between slots, the log of requests."""
