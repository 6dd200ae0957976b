"""The search from the bit planes of the totals, with the ORM alone; docs/explanation/totals.md explains the planes."""
