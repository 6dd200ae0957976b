"""What the reports of bench and deploy share: SVG charts without a library, colours, and the rendering of a page."""
