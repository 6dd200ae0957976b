"""A whole catalog from one database into another: place -> schema -> hold -> rows -> check -> keep, one file a noun."""

from partsearch.copying.procedure import copy_database

__all__ = ["copy_database"]
