"""The charts of a run: SVG without a library, in colours of the page, and PNG made of it."""
