"""What is measured on: the machine, its processes, the database, the release; and catalogs of other sizes."""
