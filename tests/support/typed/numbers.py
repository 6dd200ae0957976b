"""The part numbers of a part, for catalogs whose numbers are plain: one text, or several with commas between them."""

import json
import re

from tests.support.catalog_data import Part

_LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def numbers_of(part: Part) -> list[str]:
    """Return the normalised part numbers: capitals and digits, Latin letters for look-alikes."""
    attributes = json.loads(part.json_data)
    written = [attributes.get(key) for key in ("article", "oem")]
    texts = [str(text) for text in written if isinstance(text, str | int) and not isinstance(text, bool)]
    pieces = [piece for text in texts for piece in text.split(",")]
    return [number for number in map(normalize, pieces) if number]


def normalize(text: str) -> str:
    """Return a part number as it is compared."""
    return re.sub("[^0-9A-ZА-Я]", "", text.upper().translate(_LATIN))
