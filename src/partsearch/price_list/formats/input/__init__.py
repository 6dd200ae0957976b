"""Where a price list comes from: a file, standard input, an archive."""
