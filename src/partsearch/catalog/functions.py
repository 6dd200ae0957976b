"""The SQL functions of the catalog, as expressions of Django's ORM; migrations 0001 and 0007 create them.

The generated columns are made by them. ``partsearch_normalize`` does to stored text what ``contract.text.normalize``
does to the text of a search; a test holds the two equal for every character.
"""

from django.db.models import BooleanField, Func, JSONField, TextField


class Normalized(Func):
    """A text as it is compared: in form NFKC, nothing invisible, lower case, ё as е, white space as one space."""

    function = "partsearch_normalize"
    output_field = TextField()


class NormalizedAttributes(Func):
    """``json_data`` with each of its texts normalised, so that one containment test compares all ``params``."""

    function = "partsearch_attributes"
    output_field = JSONField()


class Color(Func):
    """The colour in ``json_data``, normalised, where it is a text. Cut where no search can reach it any more."""

    function = "partsearch_color"
    output_field = TextField()


class IsNewPart(Func):
    """``is_new_part`` in ``json_data`` where it is true or false."""

    function = "partsearch_is_new_part"
    output_field = BooleanField()
