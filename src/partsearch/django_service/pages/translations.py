"""Updates the Russian texts of the page from its code: ``python -m partsearch.django_service.pages.translations``.

It needs Babel, from the extra ``test``. It adds new texts to ``django.po`` without a translation and removes the ones
that the code no longer has. Tests check that every text is translated and that ``django.mo`` is up to date.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

_APP = Path(__file__).parent
PO_FILE = _APP / "locale/ru/LC_MESSAGES/django.po"
MO_FILE = PO_FILE.with_suffix(".mo")
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
}


def _sources() -> Iterator[tuple[str, str]]:
    """Yield the name of each file with texts, and its content as Python that Babel can read."""
    for file in sorted(_APP.glob("*.py")):
        yield file.name, file.read_text()
    for file in sorted(_APP.glob("templates/**/*.html")):
        # Python's tokenizer does not accept the indentation of a template.
        lines = templatize(file.read_text()).splitlines()
        yield file.relative_to(_APP).as_posix(), "\n".join(line.strip() for line in lines)


def texts_in_code() -> Catalog:
    """Return every text in the code and the templates of the page that needs a translation."""
    catalog = Catalog(project="partsearch", charset="utf-8")
    for name, source in _sources():
        for _, message, comments, context in extract("python", io.BytesIO(source.encode()), _KEYWORDS):
            catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def translated_texts() -> Catalog:
    """Return the texts in ``django.po``."""
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="ru")


def compiled(catalog: Catalog) -> bytes:
    """Return the content of ``django.mo`` for ``catalog``."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    """Update ``django.po`` from the code, and ``django.mo`` from ``django.po``."""
    catalog = translated_texts()
    catalog.update(texts_in_code(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with PO_FILE.open("wb") as file:
        write_po(file, catalog, width=120, include_lineno=False, sort_by_file=True)
    MO_FILE.write_bytes(compiled(catalog))


if __name__ == "__main__":
    main()
