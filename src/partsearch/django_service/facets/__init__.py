"""The facets of a search, counted with the ORM alone; ``contract.answer.facets`` has their rules."""
