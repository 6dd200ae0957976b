"""How a change of the catalog makes itself heard."""

CATALOG_CHANNEL = "partsearch_catalog"
"""The channel of LISTEN and NOTIFY on which the triggers of the catalog tell of every change, without saying which."""
