"""Copying a whole catalog from one database to another: endpoints, schema, locks, rows, check, commit."""

from partsearch.catalog_copy.copy import copy_database

__all__ = ["copy_database"]
