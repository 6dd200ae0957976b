"""The front of the Django service: holds the requests in an event loop, and has threads answer them by WSGI."""
