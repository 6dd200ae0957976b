"""The analysis of the measurements: figures, statistics, comparisons, warnings."""
