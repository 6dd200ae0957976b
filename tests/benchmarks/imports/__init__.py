"""What imports cost against COPY of the same rows, and what searches notice: docs/reference/benchmark-imports.md."""
