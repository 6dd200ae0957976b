"""The ``json_data`` of a part, ordered for reading: what every buyer asks for first, then the rest."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from partsearch.contract.text import trim
from partsearch.django_service.pages.colors import swatch

LABELS: dict[str, Promise] = {
    "color": _("colour"),
    "is_new_part": _("condition"),
    "oem": _("OEM"),
    "article": _("article"),
    "year": _("year"),
    "side": _("side"),
    "count": _("in stock"),
    "description": _("description"),
    "photo": _("photo"),
}
_CODES = {"oem", "article"}
_IN_FULL = 120


def key_label(key: str) -> str:
    """The name of a key of ``json_data`` in the active language; a key that is not known is its own name."""
    return str(LABELS.get(key, key))


@dataclass(frozen=True)
class LongText:
    """A text with the beginning of it that is shown at once; ``beginning`` is empty where the text is short."""

    text: str

    @property
    def beginning(self) -> str:
        """The first words."""
        return self.text[:_IN_FULL].rsplit(" ", 1)[0] if len(self.text) > _IN_FULL else ""


@dataclass(frozen=True)
class Attribute:
    """A named value; ``is_code`` where its characters matter one by one."""

    label: str
    value: LongText
    is_code: bool


@dataclass(frozen=True)
class Attributes:
    """All that ``json_data`` says: each key once, in the first place that it fits."""

    color: str
    swatch: str
    is_new: bool | None
    photo: str
    description: LongText
    others: list[Attribute]

    @property
    def has_chips(self) -> bool:
        """Whether there is anything to say beside the description."""
        return bool(self.color or self.is_new is not None or self.photo or self.others)


def read_attributes(json_data: str) -> Attributes:
    """The attributes in the JSON object ``json_data``, its numbers digit by digit as they are stored."""
    try:
        values: dict[str, Any] = json.loads(json_data, parse_int=str, parse_float=str)
    except RecursionError:  # It is nested too deep to be read, and shown as it is.
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
        return now("yes") if value else now("no")
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
