"""What a search asks and what it answers: fields, limits, errors. Imports nothing of ours; both services use it."""
