"""The errors of a deployment. After each of them the release before goes on serving."""

from partsearch.errors import PartsearchError


class DeployError(PartsearchError):
    """The base of the errors of a deployment."""


class BuildError(DeployError):
    """A release cannot be built."""


class MigrationError(DeployError):
    """The migrations of a release cannot be applied while the old release serves."""


class DeployBusyError(DeployError):
    """Another deployment of the same site is running."""


class SiteDownError(DeployError):
    """The site is not running, so there is nothing to deploy to."""


class NoPreviousReleaseError(DeployError):
    """There is no release to roll back to."""


class CanaryFailedError(DeployError):
    """The new release is worse than the old one."""


class AlreadyServingError(DeployError):
    """The release to deploy is the one that serves."""


class RolledBackError(DeployError):
    """The new release failed; all traffic is back with the old one."""


class InterruptedDeployError(DeployError):
    """The user ended the deployment; all traffic is back with the old release."""
