"""What people type: the dictionary of this process, and suggestions."""
