"""The class of a command that takes an argument and also has sub-commands: ``import FILE`` and ``import undo``."""

from typing import Any

from typer.core import TyperGroup

from partsearch.cli.site_command import enter_home_in_background


class ImportGroup(TyperGroup):
    """A group that is itself a command of the site, unless its first word names one of its sub-commands."""

    allow_extra_args = False
    allow_interspersed_args = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the words that are left to a sub-command, unparsed; else parse them as this command's own."""
        if args and args[0] in self.commands:
            ctx.args = args
            return args
        return super(TyperGroup, self).parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Return what the command or its sub-command returns. Its arguments are read as the user, before."""
        if not ctx.args:
            enter_home_in_background()
            return super(TyperGroup, self).invoke(ctx)
        name, *rest = ctx.args
        command = self.commands[name]
        with command.make_context(name, rest, parent=ctx) as below:
            return command.invoke(below)
