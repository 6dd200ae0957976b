"""The release that a user asks for: the id of one that is kept, or a source to build."""

from collections.abc import Callable
from dataclasses import dataclass

from partsearch.deploy.build.builder import build_release
from partsearch.operation.home import Home
from partsearch.operation.release import Release, installed_release


@dataclass(frozen=True)
class ReleaseRequest:
    """A request for a release of a home.

    Attributes:
        home: the home that keeps releases.
        source: a folder, a git ref, a wheel or the id of a release, as the user wrote it; ``None`` for this checkout.
    """

    home: Home
    source: str | None

    @property
    def description(self) -> str:
        """The source as messages name it."""
        return self.source or "this checkout"

    def kept_release(self) -> Release | None:
        """Return the installed release of that id, which precedes a git ref; ``None`` if a release has to be built."""
        if not self.source or "/" in self.source:
            return None
        return installed_release(self.home.root, self.source)

    def obtain(self, report: Callable[[str], None]) -> Release:
        """Return the release, after building it if necessary.

        Raises:
            BuildError: it cannot be built.
        """
        return self.kept_release() or build_release(self.source, self.home, report)
