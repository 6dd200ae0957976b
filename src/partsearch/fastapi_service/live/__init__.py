"""Live search: the socket that is told of every change that alters its answer."""
