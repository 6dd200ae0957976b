"""Candidates for suggestions, and their order."""

from partsearch.contract.request.suggest import SuggestionKind
from partsearch.understanding.dictionary import VehicleRow
from partsearch.understanding.suggestions import (
    Candidate,
    Shares,
    TypedText,
    VehicleNames,
    Vehicles,
    choose_names,
    choose_vehicles,
    corrected_starts,
    needs_rare_names,
    rank,
    typed_text,
)

VEHICLES = Vehicles(
    VehicleNames([VehicleRow(1, "Honda", ("хонда",)), VehicleRow(2, "Hyundai", ("хендай",)), VehicleRow(3, "BMW", ())]),
    VehicleNames([VehicleRow(10, "Accord", ("аккорд",)), VehicleRow(11, "Accent", ()), VehicleRow(12, "5", ())]),
)
NO_SHARES = Shares({})


def _typed(text: str) -> TypedText:
    typed = typed_text(text)
    assert typed is not None
    return typed


def _names(text: str, *names: str, shares: Shares = NO_SHARES) -> list[str]:
    keys = [("pair" if " " in name else "word", name) for name in names]
    return [candidate.text for candidate in choose_names(_typed(text), keys, shares, 10)]


def test_the_last_word_is_unfinished() -> None:
    assert _typed(" Бампер  ПЕ ") == TypedText("бампер пе", "пе", "бампер")
    assert _typed("100%").patterns == (("word", r"100\%%"), ("pair", r"% 100\%%"))
    assert _typed("бампер пе").patterns[0] == ("pair", "бампер пе%")
    assert typed_text("\u200b") is None


def test_marks_and_models_start_with_the_text_by_any_name() -> None:
    assert [candidate.text for candidate in choose_vehicles(_typed("h"), VEHICLES, NO_SHARES)] == ["Honda", "Hyundai"]
    assert [candidate.text for candidate in choose_vehicles(_typed("хон"), VEHICLES, NO_SHARES)] == ["Honda"]
    assert choose_vehicles(_typed("ac"), VEHICLES, Shares({"model": {"10": 0.1}})) == [
        Candidate(SuggestionKind.MODEL, "Accord", {"model_list": [10]}),
        Candidate(SuggestionKind.MODEL, "Accent", {"model_list": [11]}),
    ]


def test_a_model_after_its_mark() -> None:
    found = choose_vehicles(_typed("хонда ак"), VEHICLES, NO_SHARES)
    assert found == [Candidate(SuggestionKind.MODEL, "Accord", {"model_list": [10]}, (1,))]


def test_names_are_completed_with_the_word_before() -> None:
    assert _names("ба", "бампер", "бачок") == ["Бачок", "Бампер"]
    assert _names("ба", "бампер", "бачок", shares=Shares({"word": {"бампер": 0.2}})) == ["Бампер", "Бачок"]
    assert _names("бампер пе", "бампер передний", "перед", "крыло переднее") == ["Бампер передний"]
    assert _names("хонда пе", "перед", "крыло переднее") == ["Перед", "Крыло переднее"]
    assert _names("пе", "фара… передняя") == []


def test_the_start_of_a_word_in_another_layout_or_alphabet() -> None:
    assert [text.text for text in corrected_starts(_typed(",fv"))] == ["бам"]
    assert "бамп" in [text.text for text in corrected_starts(_typed("bamp"))]
    assert "передний бамп" in [text.text for text in corrected_starts(_typed("передний bamp"))]
    assert [text.text for text in corrected_starts(_typed("рщт"))] == ["hon"]
    assert corrected_starts(_typed("2108")) == []


def test_suggestions_are_ranked_by_kind_and_count() -> None:
    counted = [
        *((Candidate(SuggestionKind.NAME, f"Имя {number}", {"part_name": str(number)}), number) for number in range(5)),
        *((Candidate(SuggestionKind.MARK, f"М{number}", {"mark_list": [number]}), number) for number in range(5)),
        *((Candidate(SuggestionKind.NUMBER, f"{number}", {"q": f"{number}"}), 1) for number in range(5)),
    ]
    found = rank(counted, 7)
    assert [each.text for each in found] == ["0", "1", "М4", "М3", "М2", "Имя 4", "Имя 3"]


def test_names_with_signs_at_their_ends_are_not_suggested() -> None:
    typed = typed_text("бам")
    assert typed
    names = [("word", value) for value in ('бампер"', "бампер", "(бампер", "бампер-решетка")]
    names += [("pair", value) for value in ("клык бампера", "… бампер", "- бампер")]
    found = choose_names(typed, names, Shares({}), 10)
    assert [candidate.text for candidate in found] == ["Бампер", "Клык бампера", "Бампер-решетка"]


def test_a_smaller_limit_has_the_same_candidates() -> None:
    names = [("word", f"бам{letter}{other}") for letter in "абвг" for other in "абвг"]
    usual = choose_names(_typed("бам"), names, Shares({}), 10)
    assert [choose_names(_typed("бам"), names, Shares({}), limit) for limit in range(1, 10)] == [usual] * 9


def test_rare_names_are_not_needed_if_there_are_enough_frequent_ones() -> None:
    words = [f"бам{'а' * number}" for number in range(30)]
    frequent = Shares({"word": dict.fromkeys(words[:16], 0.1)})
    keys = [("word", word) for word in words]
    typed = _typed("бам")
    assert not needs_rare_names(typed, frequent.names(typed), 10)
    assert choose_names(typed, keys, frequent, 10) == choose_names(typed, frequent.names(typed), frequent, 10)
    assert needs_rare_names(typed, frequent.names(typed), 11)
    assert needs_rare_names(typed, frequent.names(typed)[1:], 1)
    assert needs_rare_names(typed, [*frequent.names(typed)[1:], ("word", "бам)")], 1)


def test_rare_names_with_the_word_before_come_before_others() -> None:
    frequent = Shares({"word": {f"п{'а' * number}": 0.1 for number in range(30)}, "pair": {"бампер п": 0.1}})
    typed = _typed("бампер п")
    assert needs_rare_names(typed, frequent.names(typed), 1)
