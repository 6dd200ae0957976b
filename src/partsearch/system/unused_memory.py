"""Gives memory that a process no longer uses back to the system."""

import ctypes
from functools import cache


def release_unused_memory() -> None:
    """Give back what the allocator of glibc keeps after many large objects are gone; do nothing on other systems."""
    if (trim := _malloc_trim()) is not None:
        trim(0)


@cache
def _malloc_trim() -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
