"""The contract of both services: the search object, its limits, the answer and the errors.

It imports nothing of partsearch but the root exception.
"""
