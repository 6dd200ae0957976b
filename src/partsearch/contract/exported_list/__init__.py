"""The format of exported lists: parts in, bytes out. Both services and the command write it, the import reads it.

``docs/reference/exported-lists.md`` describes it. Every part comes back from it exactly: ``columns`` says which value
has a cell of its own, and all others are in the last column.
"""
