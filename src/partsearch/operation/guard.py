"""Starts the health checker by the name that releases before ``health_checker`` gave it.

A site that such a release started from a checkout has a supervisor that restarts the process by this module's name.
"""

from partsearch.operation.health_checker import main

if __name__ == "__main__":
    main()
