"""The search page for people: rendered by Django in Russian and English, complete without JavaScript."""
