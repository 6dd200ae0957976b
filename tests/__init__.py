"""The tests of partsearch; they run real processes."""
