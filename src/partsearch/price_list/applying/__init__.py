"""From valid rows to changed parts: stage -> match -> compare -> apply, in SQL and in one transaction."""
