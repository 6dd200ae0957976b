"""What the tests share: sites, databases, clients, oracles and data."""
