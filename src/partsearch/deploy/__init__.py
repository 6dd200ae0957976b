"""Deployments: building a release, starting it beside the running one, and the rollout of the traffic to it."""
