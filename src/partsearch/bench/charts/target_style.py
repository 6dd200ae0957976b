"""The style of each target of a run, the same in every chart."""

from partsearch.bench.record import Target
from partsearch.charts.palette import Style

_OTHERS = ("third", "fourth")


def style_of(target: Target, targets: tuple[Target, ...]) -> Style:
    """Return the style of one of the targets of a run: the colour of its service, outlined behind Nginx."""
    if target.service:
        return Style(target.service, target.is_through_nginx)
    others = [one.name for one in targets if one.service is None]
    return Style(_OTHERS[others.index(target.name) % len(_OTHERS)], is_outlined=False)
