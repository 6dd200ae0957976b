"""The report of a deployment: one HTML page with its steps and its timeline."""
