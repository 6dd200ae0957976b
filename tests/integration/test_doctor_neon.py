"""``partsearch doctor`` on Neon: two ways, sleep, and refusals in Neon's own words."""

import os
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.doctor import faults, findings, found
from tests.support.neon.emulation import DISABLED, OVER_QUOTA, PASSWORD, EmulatedNeon
from tests.support.site import RunningSite

_AT_ONCE_SECONDS = 4
"""Less than what a sleeping database is given to wake."""


@pytest.fixture(scope="module")
def neon() -> Iterator[EmulatedNeon]:
    """Neon, with the tables of this release."""
    with EmulatedNeon.started() as neon:
        migrated = RunningSite(dict(os.environ)).run("manage", "migrate", DATABASE_URL=neon.pooled_url)
        assert migrated.returncode == 0, migrated.stderr
        yield neon


def test_neon_is_reached_both_ways_by_tls(neon: EmulatedNeon) -> None:
    """And twice: the second time meets the server's connection as the first one left it to the pooler."""
    assert faults(findings(neon.pooled_url)) == set()
    good = findings(neon.pooled_url)
    assert [finding for finding in good if finding.next_step] == []
    for way in ("pooled", "direct"):
        assert found(good, way).text.startswith("neon, neondb at ep-cool-name-123456")
        assert found(good, f"{way} TLS").text.startswith("TLSv1.3, TLS_AES_256_GCM_SHA384;")
        assert "ms, the median of 20" in found(good, f"{way} round trip").text
    assert "104 allowed (max_connections 111, 7 of them reserved)" in found(good, "connections").text
    assert "Neon's takes 10,000 clients" in found(good, "pooler").text


def test_a_certificate_that_is_checked_is_told(neon: EmulatedNeon) -> None:
    url = neon.direct_url.replace("sslmode=require", f"sslmode=verify-full&sslrootcert={neon.certificate_authority}")
    assert "the server's certificate is checked" in found(findings(url), "TLS").text


def test_waking_takes_as_long_as_it_takes(neon: EmulatedNeon) -> None:
    assert neon.suspend(cold_start=1.2)
    woken = findings(neon.pooled_url)
    assert faults(woken) == set()
    assert "woke and connected in 1." in found(woken, "pooled").text
    assert "woke" not in found(woken, "direct").text


@pytest.mark.parametrize(
    ("refusal", "to_do"), [(DISABLED, "Enable the compute"), (OVER_QUOTA, "Raise the limit or the plan")]
)
def test_what_neon_refuses_is_said_as_it_is_and_at_once(neon: EmulatedNeon, refusal: str, to_do: str) -> None:
    started = time.monotonic()
    neon.refuse(refusal)
    try:
        refused = findings(neon.pooled_url)
    finally:
        neon.refuse(None)
    assert time.monotonic() - started < _AT_ONCE_SECONDS
    assert faults(refused) == {"pooled", "direct"}
    for way in refused:
        assert way.text.endswith(f"cannot be reached: {refusal}")
        assert to_do in way.next_step


def test_an_unknown_endpoint_is_told(neon: EmulatedNeon) -> None:
    unknown = findings(neon.url("ep-somebody-else-1"))
    assert "could not be found" in found(unknown, "pooled").text
    assert "Copy the address from Neon's console" in found(unknown, "pooled").next_step


def test_no_password_is_ever_printed(neon: EmulatedNeon) -> None:
    site = RunningSite(dict(os.environ))
    for url in (neon.pooled_url, neon.pooled_url.replace("neondb", "nowhere"), neon.url("ep-somebody-else-1")):
        run = site.run("doctor", DATABASE_URL=url)
        assert "Traceback" not in run.stderr
        for secret in (PASSWORD, quote(PASSWORD, safe="")):
            assert secret not in run.stdout + run.stderr
