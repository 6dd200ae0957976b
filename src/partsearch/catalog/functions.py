"""The SQL functions of the catalog, as expressions of Django's ORM; migrations 0001, 0007, 0013 and 0015 create them.

The generated columns use them. ``partsearch_normalize`` normalizes stored text as ``contract.text.normalize``
normalizes the text of a search; a test compares the two for every character.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Func, JSONField, SmallIntegerField, TextField


class Normalized(Func):
    """The normalized text: form NFKC, no invisible characters, lower case, ё as е, runs of white space as one space."""

    function = "partsearch_normalize"
    output_field = TextField()


class NormalizedAttributes(Func):
    """``json_data`` with each text normalized, so that one containment test compares all ``params``."""

    function = "partsearch_attributes"
    output_field = JSONField()


class Color(Func):
    """The normalized color in ``json_data`` if it is text, truncated to the longest text that a search can have."""

    function = "partsearch_color"
    output_field = TextField()


class IsNewPart(Func):
    """``is_new_part`` in ``json_data`` if it is true or false."""

    function = "partsearch_is_new_part"
    output_field = BooleanField()


class PartNumbers(Func):
    """The normalized part numbers in ``json_data``, each of a text with several; ``NULL`` if there are none."""

    function = "partsearch_numbers"
    output_field = ArrayField(TextField())


class PartNumberStarts(Func):
    """The normalised part numbers as lexemes, for a search by their start."""

    function = "partsearch_number_starts"
    output_field = SearchVectorField()


class Quality(Func):
    """What ranks parts that match as well: 2 if ``json_data`` has a photo, plus 1 if the part is in stock."""

    function = "partsearch_quality"
    output_field = SmallIntegerField()
