"""``partsearch`` with small blocks of generated parts: ``python -m tests.support.small_blocks generate 400``."""

import sys
from collections.abc import Callable

SMALL_BLOCK = 50


def use_small_blocks(set_attribute: Callable[[object, str, int], None] = setattr) -> None:
    """Make a block, and so the largest number of parts that take the way through the ORM, 50 parts."""
    from partsearch.catalog.generation import generate

    assert generate
    for name, module in list(sys.modules.items()):
        if name.startswith("partsearch.catalog.generation") and hasattr(module, "BLOCK_PARTS"):
            set_attribute(module, "BLOCK_PARTS", SMALL_BLOCK)


if __name__ == "__main__":
    from partsearch.cli import main
    from partsearch.database.django_setup import ensure_django

    ensure_django()
    use_small_blocks()
    sys.exit(main())
