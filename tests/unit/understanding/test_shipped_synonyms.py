"""The synonyms that the project ships: each row can be stored and means something."""

import re

from partsearch.contract.text.normalized import normalize
from partsearch.understanding.shipped import shipped_synonyms


def test_each_row_has_its_own_text_and_means_something() -> None:
    rows = shipped_synonyms()
    assert len(rows) > 250
    assert len({row.written for row in rows}) == len(rows)
    assert all(row.meanings or row.params for row in rows)


def test_texts_are_normalised_and_short() -> None:
    for row in shipped_synonyms():
        assert row.written == normalize(row.written)
        assert 1 <= len(row.written.split()) <= 3
        assert row.kind in ("synonym", "abbreviation")
        for meaning in row.meanings:
            assert meaning == normalize(meaning)
            assert 1 <= len(meaning.split()) <= 2


def test_no_word_mixes_two_alphabets() -> None:
    texts = {text for row in shipped_synonyms() for text in (row.written, *row.meanings)}
    mixed = {
        word
        for text in texts
        for word in re.findall(r"\w+", text)
        if re.search("[a-z]", word) and re.search("[а-я]", word)
    }
    assert mixed == set()


def test_what_people_say_means_what_dealers_write() -> None:
    rows = {row.written: row for row in shipped_synonyms()}
    assert "панель приборов" in rows["торпедо"].meanings
    assert "фара" in rows["оптика"].meanings
    assert rows["б/у"].params == {"is_new_part": False}
    assert rows["чорна"].params == {"color": "черный"}
    assert rows["лев"].params == {"side": "левая"}
    assert rows["контрактный"].params == {"condition": "контрактная"}
