"""A home of the test's own, which the process may write even if root runs the tests."""

from pathlib import Path
from types import SimpleNamespace

import pytest


def own_home(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Return a home whose files of imports this process writes itself."""
    home = folder / "home"
    monkeypatch.setattr("partsearch.price_list.settings", lambda: SimpleNamespace(partsearch_home=home))
    monkeypatch.setattr("partsearch.price_list.reporting.files.refuse_root", lambda: None)
    return home
