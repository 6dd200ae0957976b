"""Why an update cannot be made. Where one of these is raised, the release before goes on serving."""

from partsearch.errors import PartsearchError


class DeployError(PartsearchError):
    """The root of the errors of an update."""


class BuildError(DeployError):
    """A release cannot be built."""


class MigrationError(DeployError):
    """The migrations of a release cannot be applied beside the release that runs."""


class DeployBusyError(DeployError):
    """Another update of the same site runs."""


class NotUpError(DeployError):
    """The site does not run, so that there is nothing to update."""


class NoReleaseBeforeError(DeployError):
    """There is no release to go back to."""


class NotGoodEnoughError(DeployError):
    """The new release is worse than the one before."""


class AlreadyServesError(DeployError):
    """The release that was asked for is the one that serves."""


class RolledBackError(DeployError):
    """The new release was found wanting; all traffic is with the one before."""


class InterruptedDeployError(DeployError):
    """Somebody ended the update; all traffic is with the release before."""
