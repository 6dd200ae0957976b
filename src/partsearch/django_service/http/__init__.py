"""Requests and answers of HTTP: middleware, clients, bodies, the log of requests."""
