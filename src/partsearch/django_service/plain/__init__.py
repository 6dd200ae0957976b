"""The search as a Django developer writes it, without tuning. It runs only for ``partsearch bench``.

It shares with the tuned service the models, the contract's reading of a request, and the contract's form of an answer.
It does not share compiled queries, own lookups, the one statement for page and totals, the front that queues and
cancels requests, and the shortcut past Django's middleware.
"""
