"""The style of each target of a run, the same in every chart."""

from partsearch.bench.record import Target
from partsearch.charts.palette import Style

_OTHERS = ("third", "fourth")


def style_of(target: Target, targets: tuple[Target, ...]) -> Style:
    """Return the style of one of the targets of a run: the colour of its service, outlined behind Nginx."""
    if target.service:
        return Style(service_colour(target.service), target.is_through_nginx)
    others = [other.name for other in targets if other.service is None]
    return Style(_OTHERS[others.index(target.name) % len(_OTHERS)])


def service_colour(service: str) -> str:
    """Return the name of a service's colour in the palette, which may hold no hyphen."""
    return service.replace("-", "_")
