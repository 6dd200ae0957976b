"""What the measurements say: figures, statistics, comparisons, warnings."""
