"""The build of a release: its source, its environment, its static files, and the folder that holds them."""
