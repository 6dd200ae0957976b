"""``python -m partsearch``: the same as the command ``partsearch``."""

from partsearch.cli import main

main()
