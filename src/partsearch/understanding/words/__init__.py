"""The words of a catalog by their spelling, stem and skeleton, and the words that differ from a typed one by typos."""
