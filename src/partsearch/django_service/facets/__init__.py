"""The facets of a search, counted with the ORM alone; ``contract.facets`` has their rules."""
