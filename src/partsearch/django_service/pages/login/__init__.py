"""The admin's login, with a limit on failed logins: ``docs/decisions/login-throttle.md``."""
