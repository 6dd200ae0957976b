"""Latency at a fixed rate: an open loop, where requests do not wait for earlier answers, like those of many users."""
