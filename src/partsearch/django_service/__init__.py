"""The Django service: the search written with the ORM alone."""
