"""How a price list is laid out: its header, the meaning of each column, and the kind of each row."""
