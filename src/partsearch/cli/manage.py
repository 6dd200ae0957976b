"""``partsearch manage``."""

import typer

from partsearch.database.django_setup import run_management_command


def manage(context: typer.Context) -> None:
    """Django's manage.py: migrate, createsuperuser, shell and the rest."""
    run_management_command(context.args)
