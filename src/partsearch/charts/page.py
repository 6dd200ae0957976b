"""A report page: HTML from Django templates with autoescaping, without the settings of a Django project."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template import Context, Engine


def render_page(folder: Path, template: str, values: Mapping[str, Any]) -> str:
    """Return the page.

    Args:
        folder: the folder of the templates.
        template: the file name of one of them.
        values: texts, booleans, and lists and objects of these. A text is escaped unless it is marked safe.
    """
    # Without these options the template engine reads Django's settings.
    context = Context(values, use_l10n=False, use_tz=False)
    return Engine(dirs=[str(folder)]).get_template(template).render(context)
