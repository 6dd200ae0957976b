"""The releases of the long tests are this source with a text replaced: every such text must occur in the source."""

from collections.abc import Iterable
from pathlib import Path

import pytest

import partsearch
from tests.acceptance.deploy import test_deploy, test_deploy_bad_releases, test_deploy_killed
from tests.acceptance.deploy.overlay import Change
from tests.soak.careless import CARELESS
from tests.soak.releases import BAD, BEFORE, GOOD

_PACKAGE = Path(partsearch.__file__).parent
_OF_ACCEPTANCE = [change for change, _ in test_deploy_bad_releases.BAD.values()]
_OF_SOAK = [change for changes in (GOOD, *BAD.values(), *BEFORE.values(), *CARELESS.values()) for change in changes]


def replacing(changes: Iterable[Change]) -> set[Change]:
    """Return the changes that replace a text, without those that add a file."""
    return {change for change in changes if change.before}


@pytest.mark.parametrize(
    "change",
    sorted(
        replacing([*_OF_ACCEPTANCE, *_OF_SOAK, test_deploy._SLOW_PAGE, test_deploy_killed._WRONG]),
        key=lambda change: (change.file, change.before, change.after),
    ),
    ids=lambda change: change.file,
)
def test_the_text_that_a_change_replaces_occurs_in_the_source(change: Change) -> None:
    assert change.before in (_PACKAGE / change.file).read_text(encoding="utf-8")
