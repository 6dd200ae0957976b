"""The parts of a statement: its steps, lookups and orders, compiled once."""
