"""Texts that no index of names finds: the counts of their pieces tell how many names have them."""

import pytest

from partsearch.understanding.short_texts import known_counts, pieces_to_count


@pytest.mark.parametrize(
    ("texts", "pieces"),
    [
        (["fv"], ["fv"]),
        (["f", "fv"], ["f", "fv"]),
        ([",fv"], [",f", "fv"]),
        (["15 п"], ["15", "п"]),
        (["((("], ["(("]),
        (["бам", "fv бампер", "а21"], []),
        (["аб вг де жз ий кл мн оп рс ту"], ["аб", "вг", "де", "жз", "ий", "кл", "мн", "оп"]),
        ([""], []),
    ],
)
def test_only_texts_without_three_letters_in_a_row_have_pieces(texts: list[str], pieces: list[str]) -> None:
    assert pieces_to_count(texts) == pieces


def test_the_count_of_a_piece_is_that_of_the_text() -> None:
    assert known_counts(["fv", "бам"], {"fv": 3}) == {"fv": 3}


def test_no_name_has_a_text_if_none_has_a_piece_of_it() -> None:
    assert known_counts([",fv", "15 п", "((("], {",f": 0, "fv": 2, "15": 7, "п": 50, "((": 1}) == {",fv": 0}
