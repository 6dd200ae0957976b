"""The encoding of a text file: certain, or an error that names the encodings that fit."""
