"""The conditions of the planes, without a database."""
