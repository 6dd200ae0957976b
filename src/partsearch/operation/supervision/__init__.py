"""The processes of the site: how they are started, watched and stopped."""
