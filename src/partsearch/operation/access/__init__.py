"""Access to the home: root becomes the site's account, and owners and modes are checked."""
