"""Python's garbage collection, tuned for a service."""

import gc

_OBJECTS_BETWEEN_COLLECTIONS = 5_000


def freeze_startup_objects() -> None:
    """Exclude the objects that exist now from garbage collection, and collect less often.

    A service has about 100,000 objects before its first request, and keeps them. With a thousand requests in flight,
    going through these objects again and again took a third of the time of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
