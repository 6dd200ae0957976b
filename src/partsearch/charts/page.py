"""A report page: HTML from a Django template with autoescaping, without the settings of a Django project."""

from collections.abc import Mapping
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from typing import Any

from django.template import Context, Engine


def render_page(template: Traversable, values: Mapping[str, Any]) -> str:
    """Return the page.

    Args:
        template: a file in Django's template language; it may include other templates of its folder.
        values: the values of its variables. A text is escaped unless it is marked safe. Numbers and times are not
            localised: that would need the settings of a project.
    """
    with as_file(template) as file:
        engine = Engine(dirs=[str(file.parent)])
        return engine.get_template(file.name).render(Context(values, use_l10n=False, use_tz=False))
