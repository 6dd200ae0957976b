"""The typed texts of the benchmark, each with the search that it is compared with; chosen from a catalog."""

from typing import Any, NamedTuple

from tests.benchmarks.totals.vocabulary import Sampled, Vocabulary

Body = dict[str, Any]
TYPO = "бапмер"
"""No name contains it; most catalogs have its correction."""
_WORD, _FORM, _PLACE = "бампер", "бампера", "передний"
_OTHER_LAYOUT = ",fvgth"
_SIDE = "левая"
_NO_NUMBER = "21083-2803015"
_START = 5
_MANY_WORDS = 12
_SUGGESTED_LETTERS = (1, 2, 3, 5, 8)


class Typed(NamedTuple):
    """A typed text.

    Attributes:
        kind: what it is an example of.
        q: the text.
        without: a search by other fields for about the same parts; everything if there is none.
    """

    kind: str
    q: str
    without: Body


def typed_texts(vocabulary: Vocabulary) -> list[Typed]:
    """Return the texts. The names of the generated catalogs all have ``бампер передний``."""
    word, words = {"part_name": _WORD}, {"part_name": f"{_WORD} {_PLACE}"}
    return [
        Typed("one word", _WORD, word),
        Typed("a frequent word", vocabulary.words[0], {"part_name": vocabulary.words[0]}),
        Typed("a rare word", vocabulary.words[-1], {"part_name": vocabulary.words[-1]}),
        Typed("two words", f"{_WORD} {_PLACE}", words),
        Typed("a form", _FORM, word),
        *_cars(vocabulary),
        Typed("a colour", "черный", {"params": {"color": "черный"}}),
        Typed("a colour, a word", f"черный {_WORD}", {"part_name": _WORD, "params": {"color": "черный"}}),
        Typed("a condition, a word", f"б/у {_WORD}", {"part_name": _WORD, "params": {"is_new_part": False}}),
        *_numbers(vocabulary),
        Typed("a typo", TYPO, word),
        Typed("another layout", _OTHER_LAYOUT, word),
        Typed("a transliteration", "bamper peredniy", words),
        Typed("a synonym", "торпеда", {"part_name": "панель приборов"}),
        Typed("a side, a word", f"фара {_SIDE}", {"part_name": f"фара {_SIDE}"}),
        Typed("a word that nobody knows", "крякозябралка", {}),
        *_long(vocabulary),
    ]


def _cars(vocabulary: Vocabulary) -> list[Typed]:
    mark_id, mark, _ = vocabulary.marks[0]
    model_id, model = vocabulary.models[0]
    return [
        Typed("a mark", mark, {"mark_list": [mark_id]}),
        Typed("a mark, a word", f"{mark} {_WORD}", {"mark_list": [mark_id], "part_name": _WORD}),
        Typed("a model, a word", f"{_WORD} {model}", {"model_list": [model_id], "part_name": _WORD}),
        Typed(
            "a mark, a word, a colour",
            f"{mark} {_WORD} черный",
            {"mark_list": [mark_id], "part_name": _WORD, "params": {"color": "черный"}},
        ),
        Typed("a mark, a typo", f"{TYPO} {mark}", {"mark_list": [mark_id], "part_name": _WORD}),
    ]


def _numbers(vocabulary: Vocabulary) -> list[Typed]:
    number = str((vocabulary.values("oem") or [_NO_NUMBER])[0])
    same = {"params": {"oem": number}}
    return [
        Typed("a number", number, same),
        Typed("the start of a number", number[:_START], same),
        Typed("a word, a number", f"{_WORD} {number}", {**same, "part_name": _WORD}),
    ]


def _long(vocabulary: Vocabulary) -> list[Typed]:
    part = min(vocabulary.parts, key=lambda each: (-len(each.name), each.name))
    words = " ".join([part.name, part.mark_name, part.model_name, *vocabulary.words]).split(" ")[:_MANY_WORDS]
    return [
        Typed("a name, a mark, a model", _whole(part), {"part_name": part.name, "mark_list": [part.mark_id]}),
        Typed("twelve words", " ".join(words), {"part_name": part.name}),
    ]


def _whole(part: Sampled) -> str:
    return f"{part.name} {part.mark_name} {part.model_name}"


def suggested_texts(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return beginnings that people type, by their length."""
    name = f"{_WORD} {_PLACE}"
    mark = vocabulary.marks[0][1].lower()
    found = {
        f"{length} letters": list(
            dict.fromkeys(text[:length] for text in (name, "фара левая", mark, vocabulary.words[0]))
        )
        for length in _SUGGESTED_LETTERS
    }
    return {**found, "two words": [f"{_WORD} пер", f"{mark} бам", f"фара {_SIDE[:3]}"]}


def faceted_searches(vocabulary: Vocabulary) -> dict[str, Body]:
    """Return the searches whose facets are measured."""
    return {
        "everything": {},
        "one name": {"part_name": _WORD},
        "one mark": {"mark_list": [vocabulary.marks[0][0]]},
        "q of two words": {"q": f"{_WORD} {_PLACE}"},
    }
