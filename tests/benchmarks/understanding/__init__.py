"""How many typed queries find the part that they mean: docs/decisions/understanding.md has the figures."""
