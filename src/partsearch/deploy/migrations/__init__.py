"""The migrations of a release: the lint that checks them against the running release, and their application."""
