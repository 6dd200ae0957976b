"""The admin's login, which slows down whoever guesses passwords: ``docs/decisions/login-throttle.md``."""
