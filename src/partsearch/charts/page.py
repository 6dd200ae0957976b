"""A report page: HTML from a Django template with autoescaping, without the settings of a Django project."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from django.template import Context, Engine


def render_page(template: Traversable, values: Mapping[str, Any]) -> str:
    """Return the page.

    Args:
        template: a file in Django's template language.
        values: texts, booleans, and lists and objects of these. Django formats a number by the settings of a project,
            so the caller formats numbers. A text is escaped unless it is marked safe.
    """
    return Engine().from_string(template.read_text(encoding="utf-8")).render(Context(values))
