"""Requests and answers of HTTP: headers, clients that disconnect, the page of the documentation."""
