"""What every package needs of the machine: atomic files, locks, commands, processes, signals, HTTP probes, logging."""
