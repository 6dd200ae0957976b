"""What a person and a program see of an import: texts, JSON, and the files that are kept in the home."""
