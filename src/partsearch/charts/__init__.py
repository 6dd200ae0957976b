"""SVG charts without a library: the drawing, the axes and the colours that the reports of bench and deploy share."""
