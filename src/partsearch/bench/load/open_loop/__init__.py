"""Latency at a fixed rate: an open loop, as visitors are, who do not wait for one another."""
