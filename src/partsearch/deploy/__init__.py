"""Deployments: building a release, starting it beside the running one, and moving the traffic to it."""
