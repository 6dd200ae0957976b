"""What ``q`` means as filters: their names depend on the kinds of its groups alone, their values on the groups."""

from decimal import Decimal

from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.typed import rank_values, starts_with
from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.request.search import Search


def test_groups_of_texts_come_first() -> None:
    honda = Alternatives(texts=("honda",), mark_list=(2, 3))
    understood = Understood("q", (honda, Alternatives(("бампер", "100%"))))
    filters = filters_of(Search(price_gte=1), understood)
    assert filters.names == ("shown", "price_gte", "q_texts 1", "q_any 1")
    assert filters.values["any_texts 1"] == ["%honda%"]
    assert filters.values["q_texts 1"] == ["%бампер%", "%100\\%%"]
    assert filters.values["any_marks 1"] == (2, 3)
    assert filters.values["any_models 1"] == ()
    assert filters.values["any_params 1"] == []


def test_params_and_numbers() -> None:
    group = Alternatives(params=(("color", "Чёрный"), ("year", Decimal(2005))), numbers=("21083", "1Z9"))
    red = Alternatives(params=(("color", "красный"),))
    names, values = (found := filters_of(Search(), Understood("q", (group, red)))).names, found.values
    assert names == ("shown", "q_any 1", "q_numbers 2")
    assert values["any_params 2"] == ['{"color":"черный"}', '{"year":2005}']
    assert values["any_numbers 2"] == "'21083':* | '1Z9':*"


def test_without_groups_nothing_matches() -> None:
    assert filters_of(Search(), Understood("q")).names == ("shown", "q_nothing")


def test_a_search_without_q_has_the_filters_of_before() -> None:
    assert filters_of(Search()).names == ("shown",)


def test_quotes_stay_within_a_number() -> None:
    assert starts_with(("A'B\\",)) == "'A''B\\\\':*"


def test_the_rank_of_a_text_without_words_of_names() -> None:
    assert rank_values(Understood("q")) == {"phrase": None, "words": None, "number": None}
    known = rank_values(Understood("q", phrase="левая_фара", words=("фара",), number="1Z9"))
    assert known == {"phrase": "%левая\\_фара%", "words": ["%фара%"], "number": "1Z9"}
