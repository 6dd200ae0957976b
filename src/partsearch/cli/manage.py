"""``partsearch manage``."""

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.output import output
from partsearch.cli.site_command import SiteCommand
from partsearch.database.django_setup import run_management_command

command = new_command()

_CHANGING = ("migrate", "createsuperuser", "changepassword", "loaddata", "flush", "clearsessions", "collectstatic")


@command.command(
    cls=SiteCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def manage(context: typer.Context) -> None:
    """Django's manage.py: migrate, createsuperuser, shell and the rest."""
    if context.args[:1] and context.args[0] in _CHANGING:
        output.need_not_arrive()
    run_management_command(context.args)
