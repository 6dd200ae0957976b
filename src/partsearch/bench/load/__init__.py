"""The load on a service: its targets, the searches, and the programs that send them."""
