"""What an answer says about ``q``."""

from decimal import Decimal

from partsearch.contract.answer.rendering import understood_answer
from partsearch.contract.filters.understood import Correction, CorrectionKind, Understood


def test_the_bytes_are_those_of_the_contract() -> None:
    understood = Understood(
        "бампер honda",
        mark_list=(2,),
        params={"color": "черный", "year": Decimal("2005"), "is_new_part": False},
        corrections=(Correction("бапмер", "бампер", CorrectionKind.TYPO),),
        unused=("для",),
    )
    assert understood_answer(understood).decode() == (
        '{"q":"бампер honda","mark_list":[2],"model_list":[],"number":null,'
        '"params":{"color":"черный","year":2005,"is_new_part":false},'
        '"corrections":[{"from":"бапмер","to":"бампер","kind":"typo"}],"unused":["для"]}'
    )
