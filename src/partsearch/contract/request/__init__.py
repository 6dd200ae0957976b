"""What a request may contain: the fields of a search, of an export and of suggestions."""
