"""Updating the running site: building a release, bringing it up beside the old one, moving the traffic over."""
