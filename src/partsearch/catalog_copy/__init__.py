"""A whole catalog from one database into another: place -> schema -> hold -> rows -> check -> keep, one file a noun."""

from partsearch.catalog_copy.procedure import copy_database

__all__ = ["copy_database"]
