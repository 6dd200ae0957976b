"""The Russian texts of the page: complete, without unused ones, and compiled."""

import pytest


def _ids(catalog: object) -> set[object]:
    return {message.id for message in catalog if message.id}  # type: ignore[attr-defined]


def test_the_translations_are_those_of_the_code() -> None:
    from partsearch.django_service.pages.translations import texts_in_code, translated_texts

    assert _ids(translated_texts()) == _ids(texts_in_code()), (
        "Run: python -m partsearch.django_service.pages.translations"
    )


def test_the_extraction_sees_both_code_and_templates() -> None:
    from partsearch.django_service.pages.translations import texts_in_code

    ids = _ids(texts_in_code())
    assert {"Find", "Enter a whole number.", "yes", ("%(count)s part", "%(count)s parts")} <= ids


def test_every_text_is_translated() -> None:
    from partsearch.django_service.pages.translations import translated_texts

    for message in translated_texts():
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), f"{message.id!r} has no translation."
        assert not message.fuzzy, f"{message.id!r} is a guess."
        if message.id:
            assert not list(message.check()), f"{message.id!r} has other placeholders than its translation."


def test_the_compiled_file_has_the_same_texts() -> None:
    from partsearch.django_service.pages.translations import MO_FILE, compiled, translated_texts

    assert MO_FILE.read_bytes() == compiled(translated_texts()), (
        "Run: python -m partsearch.django_service.pages.translations"
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 деталей"),
        (1, "1 деталь"),
        (3, "3 детали"),
        (11, "11 деталей"),
        (1_002, "1\u00a0002 детали"),
        (1_000_111, "1\u00a0000\u00a0111 деталей"),
    ],
)
def test_the_number_of_parts_has_the_russian_plural_forms(count: int, text: str) -> None:
    from decimal import Decimal

    from django.utils.translation import override

    from partsearch.contract.request.search import Search
    from partsearch.django_service.found_parts import FoundParts
    from partsearch.django_service.pages.address import PageAddress
    from partsearch.django_service.pages.pagination import Pagination
    from partsearch.django_service.pages.results import SearchResults

    found = FoundParts([], count, Decimal(0))
    with override("ru"):
        assert SearchResults(Search(), found, Pagination(PageAddress("ru"), 1, count)).count_text == text
