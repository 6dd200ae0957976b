"""What the field ``q`` means, with the dictionary of this process and the rows of the database."""
