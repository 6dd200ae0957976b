"""Finds which staged row is which part of the source."""

from partsearch.price_list.applying.statements import rows, run, value
from partsearch.price_list.list_name import source_of


def list_name_of(source: str) -> str:
    """Return the ``list_name`` of the parts of a source.

    It is the source itself, unless only an older release has imported its lists: that one kept each under the name of
    its file. The latest is taken.
    """
    if value("has_parts", list_name=source):
        return source
    for list_name, _ in rows("last_old_list"):
        if source_of(list_name).name == source:
            return str(list_name)
    return source


def other_old_lists(source: str, list_name: str) -> list[str]:
    """Return the other lists of a source that an older release has imported under names of their own."""
    names = [str(name) for name, _ in rows("last_old_list")]
    return sorted(name for name in names if name not in (source, list_name) and source_of(name).name == source)


def match_rows(list_name: str, *, has_references: bool) -> None:
    """Give the rows the ids of their parts; reject those whose part is that of another row.

    Args:
        list_name: of the parts.
        has_references: whether rows name parts of this catalog themselves.
    """
    run("match_by_key", list_name=list_name)
    run("analyze_matches")
    if has_references:
        run("reject_taken_parts")
    if value("has_parts", list_name=list_name):
        for has_id in (False, True):
            for with_content in (True, False):
                run("match_by_identity", list_name=list_name, has_id=has_id, with_content=with_content)
        run("match_by_article", list_name=list_name)
        run("match_old_keys", list_name=list_name)
