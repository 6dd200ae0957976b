"""Random parts for the catalog: what they are (``shapes``), and how they get into the tables."""
