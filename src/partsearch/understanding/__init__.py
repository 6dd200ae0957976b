"""What people type: words, layouts, transliteration, corrections, synonyms, part numbers -> the meaning of a search.

Pure functions over a ``Dictionary``. A service keeps the latest dictionary with the rows of its database, and calls::

    query = understand(text, dictionary)
    understood = query.resolve(counts_of(query.texts_to_check) if query.texts_to_check else {})

``texts_to_check`` are the texts of which the dictionary cannot say whether a shown part's name contains them: rare
words that may be hidden by now or that may be new, and candidates for corrections. Of frequent words and pairs it can.
The service returns the number of shown parts for each in one query, counted up to ``COUNTED``.
"""

from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.query import COUNTED, TypedQuery, start

__all__ = ["COUNTED", "TypedQuery", "understand"]


def understand(text: str, dictionary: Dictionary) -> TypedQuery:
    """Return what a person means who typed this text.

    Args:
        text: the field ``q``, at most 200 characters.
        dictionary: the words, marks, models and synonyms of the catalog.
    """
    return start(text, dictionary)
