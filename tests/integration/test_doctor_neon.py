"""``partsearch doctor`` on Neon: two routes, suspension, and rejections in Neon's own words."""

import os
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.doctor import check_results, failures, result_of
from tests.support.neon.emulation import DISABLED, OVER_QUOTA, PASSWORD, EmulatedNeon
from tests.support.site import RunningSite

_AT_ONCE_SECONDS = 4
"""Less than the time that a suspended database gets to wake."""


@pytest.fixture(scope="module")
def neon() -> Iterator[EmulatedNeon]:
    """Emulated Neon with the tables of this release."""
    with EmulatedNeon.started() as neon:
        migrated = RunningSite(dict(os.environ)).run("manage", "migrate", DATABASE_URL=neon.pooled_url)
        assert migrated.returncode == 0, migrated.stderr
        yield neon


def test_neon_is_reached_over_both_routes_with_tls(neon: EmulatedNeon) -> None:
    """Twice: the second run gets the server connection that the first one returned to the pooler."""
    assert failures(check_results(neon.pooled_url)) == set()
    good = check_results(neon.pooled_url)
    assert [result for result in good if result.next_step] == []
    for route in ("pooled", "direct"):
        assert result_of(good, route).text.startswith("neon, neondb at ep-cool-name-123456")
        assert result_of(good, f"{route} TLS").text.startswith("TLSv1.3, TLS_AES_256_GCM_SHA384;")
        assert "ms, the median of 20" in result_of(good, f"{route} round trip").text
    assert "104 allowed (max_connections 111, 7 of them reserved)" in result_of(good, "connections").text
    assert "Neon's takes 10,000 clients" in result_of(good, "pooler").text


def test_a_certificate_that_is_checked_is_reported(neon: EmulatedNeon) -> None:
    url = neon.direct_url.replace("sslmode=require", f"sslmode=verify-full&sslrootcert={neon.certificate_authority}")
    assert "the server's certificate is checked" in result_of(check_results(url), "TLS").text


def test_doctor_waits_for_a_suspended_database(neon: EmulatedNeon) -> None:
    assert neon.suspend(cold_start=1.2)
    woken = check_results(neon.pooled_url)
    assert failures(woken) == set()
    assert "woke and connected in 1." in result_of(woken, "pooled").text
    assert "woke" not in result_of(woken, "direct").text


@pytest.mark.parametrize(
    ("rejection", "step"), [(DISABLED, "Enable the compute"), (OVER_QUOTA, "Raise the limit or the plan")]
)
def test_a_rejection_of_neon_is_quoted_at_once(neon: EmulatedNeon, rejection: str, step: str) -> None:
    started = time.monotonic()
    neon.refuse(rejection)
    try:
        rejected = check_results(neon.pooled_url)
    finally:
        neon.refuse(None)
    assert time.monotonic() - started < _AT_ONCE_SECONDS
    assert failures(rejected) == {"pooled", "direct"}
    for result in rejected:
        assert result.text.endswith(f"cannot be reached: {rejection}")
        assert step in result.next_step


def test_an_unknown_endpoint_is_reported(neon: EmulatedNeon) -> None:
    unknown = check_results(neon.url("ep-somebody-else-1"))
    assert "could not be found" in result_of(unknown, "pooled").text
    assert "Copy the address from Neon's console" in result_of(unknown, "pooled").next_step


def test_no_password_is_ever_printed(neon: EmulatedNeon) -> None:
    site = RunningSite(dict(os.environ))
    for url in (neon.pooled_url, neon.pooled_url.replace("neondb", "nowhere"), neon.url("ep-somebody-else-1")):
        run = site.run("doctor", DATABASE_URL=url)
        assert "Traceback" not in run.stderr
        for secret in (PASSWORD, quote(PASSWORD, safe="")):
            assert secret not in run.stdout + run.stderr
