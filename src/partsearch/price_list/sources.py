"""The imports of each source, and what the next one needs of the last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ImportRow:
    """One import.

    Attributes:
        id: its number.
        source: the list that it was an issue of.
        account: the account that ran it.
        counts: what became of the rows and the parts, by name: ``read``, ``new``, ``changed``, ``unchanged``, ``gone``,
            ``sold``, ``hidden`` for gone and sold, ``shown_again``, ``sold_unknown``, ``rejected``, ``skipped``.
        undone: when it was taken back; ``None`` if it was not.
    """

    id: int
    source: str
    started: datetime
    finished: datetime
    account: str
    file_name: str
    sha256: str
    counts: Mapping[str, Any]
    undone: datetime | None = None


@dataclass(frozen=True)
class LastImport:
    """The last import of a whole list of a source that was not taken back.

    Attributes:
        sha256: of its file.
        profile: how it was read, as TOML; empty if that was found.
        finished: when it ended.
    """

    sha256: str
    profile: str
    finished: datetime


def list_imports(limit: int) -> list[ImportRow]:
    """Return the newest imports, the newest first."""
    from partsearch.catalog.price_list_import import PriceListImport

    columns = (
        "id", "source", "started_at", "finished_at", "account", "file_name", "file_sha256", "counts", "undone_at",
    )  # fmt: skip
    return [ImportRow(*row) for row in PriceListImport.objects.order_by("-id").values_list(*columns)[:limit]]


def last_import(source: str) -> LastImport | None:
    """Return the last import of a source; ``None`` if there is none."""
    from partsearch.catalog.price_list_import import PriceListImport

    imports = PriceListImport.objects.filter(source=source, undone_at=None, is_partial=False)
    found = imports.order_by("-id").values_list("file_sha256", "profile", "finished_at").first()
    return LastImport(*found) if found else None
