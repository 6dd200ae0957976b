"""Whether the database takes Cyrillic letters for letters."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked

_WITHOUT_LETTERS = ("C", "POSIX")
_MAKE_ANEW = (
    "Make the database anew: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0; "
    "a locale cannot be changed later."
)


def letters(asked: Asked) -> Iterator[CheckResult]:
    """pg_trgm takes for letters what LC_CTYPE takes for letters; under C, none of Cyrillic."""
    encoding, character_type, is_installed = asked.row(
        "SELECT pg_encoding_to_char(encoding), datctype::text,"
        " EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
        " FROM pg_database WHERE datname = current_database()"
    )
    if encoding != "UTF8":
        yield CheckResult("locale", f"the encoding is {encoding}, not UTF8", is_fault=True, next_step=_MAKE_ANEW)
        return
    trigrams = asked.value("SELECT cardinality(show_trgm('бампер'))") if is_installed else None
    if trigrams == 0 or (trigrams is None and character_type in _WITHOUT_LETTERS):
        yield CheckResult(
            "locale",
            f"LC_CTYPE is {character_type}: indexes see no Cyrillic letters"
            + (", show_trgm('бампер') is empty" if is_installed else ""),
            is_fault=True,
            next_step=_MAKE_ANEW,
        )
    elif trigrams:
        yield CheckResult(
            "locale",
            f"LC_CTYPE is {character_type}: indexes see Cyrillic letters, show_trgm('бампер') has {trigrams} trigrams",
        )
    else:
        yield CheckResult("locale", f"LC_CTYPE is {character_type}; show_trgm is known when pg_trgm is installed")
