"""What a user sees of the running site: status, checks of the machine, logs."""
