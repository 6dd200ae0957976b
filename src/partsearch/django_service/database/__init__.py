"""How the service reads from its database: the connection of each thread, its time limit, and what fails."""
