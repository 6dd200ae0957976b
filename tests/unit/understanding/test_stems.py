"""Forms of one word have one stem, and other words have others."""

import pytest

from partsearch.understanding.stems import is_known_word, lemmas, stem


@pytest.mark.parametrize(
    "forms",
    [
        "бампер бампера бамперу бамперы бамперами",
        "колодка колодки колодок колодкой",
        "крышка крышек крышки",
        "гайка гаек гайки",
        "ремень ремня ремней ремни",
        "стекло стекол стекла",
        "зеркало зеркала зеркал зеркалами",
        "педаль педали педалью",
        "сигнал сигнала сигналы",
        "ось оси осью",
        "замок замка замки",
        "передний передняя переднего перед",
        "задний задняя зад",
        "левый левая левого лев",
        "правый правая прав",
        "черный черная черного",
        "нижний нижняя низ",
    ],
)
def test_forms_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("крыша", "крышка"), ("фара", "фартук"), ("перед", "передача")])
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_known_words_and_their_dictionary_forms() -> None:
    assert is_known_word("мойка")
    assert not is_known_word("бапмер")
    assert "граната" in lemmas("гранаты")
    assert lemmas("бапмер") == frozenset()
