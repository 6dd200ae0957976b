"""Who may touch the home: how root becomes the site's account, and whether owners and modes are right."""
