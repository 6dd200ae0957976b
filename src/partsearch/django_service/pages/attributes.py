"""The attributes of a part, from its ``json_data``: the usual ones first, then the rest."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from partsearch.contract.text.normalized import trim
from partsearch.django_service.pages.colors import swatch

LABELS: dict[str, Promise] = {
    "color": gettext_lazy("colour"),
    "is_new_part": gettext_lazy("condition"),
    "condition": gettext_lazy("condition"),
    "oem": gettext_lazy("OEM"),
    "article": gettext_lazy("article"),
    "year": gettext_lazy("year"),
    "side": gettext_lazy("side"),
    "position": gettext_lazy("position"),
    "level": gettext_lazy("level"),
    "count": gettext_lazy("in stock"),
    "description": gettext_lazy("description"),
    "photo": gettext_lazy("photo"),
}
_CODES = {"oem", "article"}
_IN_FULL = 120


def key_label(key: str) -> str:
    """Return the name of a key of ``json_data`` in the active language; an unknown key is its own name."""
    return str(LABELS.get(key, key))


@dataclass(frozen=True)
class LongText:
    """A text that the page shows in full, or, if it is long, its beginning with the rest folded away."""

    text: str

    @property
    def beginning(self) -> str:
        """The first words of a long text; empty for a short one."""
        return self.text[:_IN_FULL].rsplit(" ", 1)[0] if len(self.text) > _IN_FULL else ""


@dataclass(frozen=True)
class Attribute:
    """A value with its label; ``is_code`` is true for part numbers, which are set in a fixed-width font."""

    label: str
    value: LongText
    is_code: bool


@dataclass(frozen=True)
class Attributes:
    """The attributes of ``json_data``. Each key is in one of these; a value of an unusual type is in ``others``."""

    color: str
    swatch: str
    is_new: bool | None
    photo: str
    description: LongText
    others: list[Attribute]

    @property
    def has_chips(self) -> bool:
        """Whether there is any attribute besides the description."""
        return bool(self.color or self.is_new is not None or self.photo or self.others)


def read_attributes(json_data: str) -> Attributes:
    """Return the attributes in the JSON object ``json_data``, each number with all its stored digits."""
    try:
        values: dict[str, Any] = json.loads(json_data, parse_int=str, parse_float=str)
    except RecursionError:  # The object is nested too deep for Python; the page shows its text.
        values = {"json_data": json_data}
    color = values.pop("color") if isinstance(values.get("color"), str) else ""
    is_new = values.pop("is_new_part") if isinstance(values.get("is_new_part"), bool) else None
    photo = values.pop("photo") if _is_web_address(values.get("photo")) else ""
    description = values.pop("description") if isinstance(values.get("description"), str) else ""
    known = [key for key in LABELS if key in values]
    shown = [(key, _text(values[key])) for key in (*known, *(key for key in values if key not in LABELS))]
    return Attributes(
        color=trim(color),
        swatch=swatch(color),
        is_new=is_new,
        photo=photo,
        description=LongText(trim(description)),
        others=[Attribute(key_label(key), LongText(text), key in _CODES) for key, text in shown if text],
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None:
        return ""
    return trim(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_web_address(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.netloc)
