"""``partsearch manage``."""

import typer

from partsearch.cli.output import output
from partsearch.database.django_setup import run_management_command

_CHANGING = ("migrate", "createsuperuser", "changepassword", "loaddata", "flush", "clearsessions", "collectstatic")


def manage(context: typer.Context) -> None:
    """Django's manage.py: migrate, createsuperuser, shell and the rest."""
    if context.args[:1] and context.args[0] in _CHANGING:
        output.need_not_arrive()
    run_management_command(context.args)
