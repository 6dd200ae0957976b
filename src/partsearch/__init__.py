"""partsearch: spare parts for cars, found by two services that give the same exact answers."""
