"""The state of deployments on disk: records, the journal of the current one, the history and the lock."""
