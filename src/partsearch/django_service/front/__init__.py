"""The front of the Django service: an event loop holds the requests, and threads answer them through WSGI."""
