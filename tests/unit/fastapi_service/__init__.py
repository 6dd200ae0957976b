"""Parts of the FastAPI service that need no database."""
