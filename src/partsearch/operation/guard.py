"""Runs the health checker for a checkout whose site was started by a release before the name ``health_checker``.

That site's supervisor restarts the process by this module's name, from files that the checkout has replaced.
"""

from partsearch.operation.health_checker import main

if __name__ == "__main__":
    main()
