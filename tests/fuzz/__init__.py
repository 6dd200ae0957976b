"""Mutated price lists: no reader may crash, hang, or use up the memory."""
