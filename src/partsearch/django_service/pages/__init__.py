"""The search page that people see: rendered by Django, in Russian and English, whole without JavaScript."""
