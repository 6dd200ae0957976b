"""The limits of a request, and the group that it shares threads with."""

import pytest

from partsearch.django_service.front.limits import Kind, group_of, limits_for


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", Kind.SEARCH),
        ("/en/", Kind.SEARCH),
        ("/search/part/", Kind.SEARCH),
        ("/search/part", Kind.SEARCH),
        ("/mark/", Kind.SEARCH),
        ("/model/", Kind.SEARCH),
        ("/admin/", Kind.ADMIN),
        ("/admin/login/", Kind.ADMIN),
        ("/admin", Kind.OTHER),
        ("/static/web/page.js", Kind.OTHER),
        ("/readyz", Kind.OTHER),
        ("/nothing", Kind.OTHER),
    ],
)
def test_the_kind_of_a_path(path: str, kind: Kind) -> None:
    assert limits_for(path).kind is kind


@pytest.mark.parametrize(
    ("peer", "forwarded", "group"),
    [
        ("127.0.0.1", None, None),
        ("127.0.0.1", "127.0.0.1", None),
        ("127.0.0.1", "203.0.113.7", ("203.0.113.7", 2)),
        ("::1", "2001:db8::1", ("2001:db8::/64", 2)),
        ("198.51.100.1", None, ("198.51.100.1", 2)),
        ("198.51.100.1", "203.0.113.7", ("198.51.100.1", 2)),
        ("127.0.0.1", "garbage", None),
    ],
)
def test_the_network_of_a_search(peer: str, forwarded: str | None, group: tuple[str, int] | None) -> None:
    """X-Real-IP counts only from this machine's Nginx, which overwrites it."""
    assert group_of(limits_for("/mark/"), peer, forwarded, searches=2) == group


def test_the_admin_is_one_group_and_other_paths_have_none() -> None:
    admin = group_of(limits_for("/admin/"), "127.0.0.1", "203.0.113.7", searches=2)
    assert admin == group_of(limits_for("/admin/login/"), "198.51.100.1", None, searches=2)
    assert admin is not None
    assert admin[1] == 1
    assert group_of(limits_for("/static/web/page.js"), "198.51.100.1", None, searches=2) is None
