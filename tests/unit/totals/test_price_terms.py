"""The keys of a price bound hold exactly for the prices on one side of it, by a direct model of the keys of a price."""

from hypothesis import given, settings
from hypothesis import strategies as st

from partsearch.totals.price_terms import ALL_DIGITS, at_least, last_digit_key, more_than, nearest_keys

HIGHEST = 10**12 - 1
_EDGES = st.integers(0, 12).flatmap(
    lambda place: st.sampled_from([max(10**place + step, 0) for step in (-2, -1, 0, 1)])
)
KOPECKS = st.one_of(
    st.integers(0, HIGHEST),
    st.integers(0, 1000).map(lambda thousands: thousands * 10**5),
    st.integers(0, 300),
    _EDGES.map(lambda kopecks: min(kopecks, HIGHEST)),
)


def keys_of(kopecks: int) -> set[str]:
    """Return the keys of a price, from the text of its twelve digits."""
    digits = f"{kopecks:012}"[::-1]
    return {
        *(f"{place}>={least}" for place in range(12) for least in range(1, int(digits[place]) + 1)),
        *(f">={least}e{place}" for place in range(12) for least in range(1, 10) if kopecks >= least * 10**place),
        *(f"{place}+" for place in range(11) if digits[place + 1 :].strip("0")),
        *(f"{place}-" for place in range(1, 12) if digits[:place].strip("0")),
    }


def meets(kopecks: int, conditions: list[list[str]]) -> bool:
    keys = keys_of(kopecks)
    return all(keys.intersection(one_of) for one_of in conditions)


@st.composite
def prices_and_bounds(draw: st.DrawFn) -> tuple[int, int]:
    bound = draw(KOPECKS)
    near = st.integers(-2, 2).map(lambda step: min(max(bound + step, 0), HIGHEST))
    return draw(KOPECKS | near), bound


@settings(derandomize=True, deadline=None)
@given(prices_and_bounds())
def test_at_least(price_and_bound: tuple[int, int]) -> None:
    price, bound = price_and_bound
    assert meets(price, at_least(bound)) == (price >= bound)


@settings(derandomize=True, deadline=None)
@given(prices_and_bounds())
def test_more_than(price_and_bound: tuple[int, int]) -> None:
    price, bound = price_and_bound
    assert meets(price, more_than(bound)) == (price > bound)


def test_all_small_prices_and_bounds() -> None:
    for bound in range(115):
        for price in range(115):
            assert meets(price, at_least(bound)) == (price >= bound), (price, bound)
            assert meets(price, more_than(bound)) == (price > bound), (price, bound)


def test_a_round_bound_needs_few_keys() -> None:
    assert at_least(0) == ()
    assert at_least(50_000_00) == ((">=5e6",),)
    assert more_than(50_000_00) == ((">=5e6",), (">=6e6", "6-"))


@settings(derandomize=True, deadline=None)
@given(prices_and_bounds())
def test_a_price_up_to_the_bound_has_no_digit_after_the_last_key(price_and_bound: tuple[int, int]) -> None:
    price, bound = price_and_bound
    bits = [
        4 * place + bit for place, digit in enumerate(str(price)[::-1]) for bit in range(4) if int(digit) >> bit & 1
    ]
    if price <= bound:
        assert max(bits, default=-1) <= last_digit_key(bound)


def test_the_last_digit_key_is_that_of_the_bound() -> None:
    assert [last_digit_key(bound) for bound in (0, 1, 7, 8, 99, 100, HIGHEST)] == [-1, 0, 2, 3, 7, 8, ALL_DIGITS]


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 10**12))
def test_a_price_lies_between_its_nearest_keys(kopecks: int) -> None:
    reached, following, way = nearest_keys(kopecks)
    lower, upper = (int(float(key.removeprefix(">="))) for key in (reached, following))
    assert lower <= kopecks < upper
    assert abs(lower + way * (upper - lower) - kopecks) < 0.001 * kopecks
