"""How many files, and so how many connections, a worker of Nginx may have open on this machine."""

import resource

_MOST_OF_A_WORKER = 65_536
_MOST_OF_ALL = 262_144
"""A connection that is not used costs Nginx some 400 bytes, in each worker."""
_FEWEST_RESERVED = 64


def open_files(workers: int) -> int:
    """Return how many files each of so many workers may open: as its hard limit here allows, up to 65,536."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(_MOST_OF_A_WORKER, _MOST_OF_ALL // workers)
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def connections_of(files: int) -> int:
    """Return how many of the files may be connections; the rest is for logs, and for bodies that wait on the disk."""
    return files - max(_FEWEST_RESERVED, files // 16)
