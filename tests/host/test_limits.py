"""Token buckets on a virtual clock."""

from hypothesis import given
from hypothesis import strategies as st

from games.host.limits import FRAMES_BURST, FRAMES_PER_SECOND, TokenBucket


def taken(bucket: TokenBucket, times_ms: list[int]) -> int:
    return sum(bucket.take(now_ms) for now_ms in times_ms)


def test_a_full_bucket_gives_its_burst_and_then_refuses() -> None:
    bucket = TokenBucket(5, 2, now_ms=1_000)
    assert [bucket.take(1_000) for _ in range(7)] == [True] * 5 + [False] * 2


def test_an_empty_bucket_gains_one_token_after_its_interval_and_not_before() -> None:
    bucket = TokenBucket(1, 2, now_ms=0)
    assert bucket.take(0)
    assert not bucket.take(499)
    assert bucket.take(500)
    assert not bucket.take(500)


def test_a_rest_never_saves_more_than_the_burst() -> None:
    bucket = TokenBucket(3, 1_000, now_ms=0)
    assert taken(bucket, [86_400_000] * 10) == 3


def test_a_clock_that_steps_back_gains_nothing_twice() -> None:
    bucket = TokenBucket(1, 1, now_ms=10_000)
    assert bucket.take(10_000)
    assert not bucket.take(9_000)
    assert not bucket.take(10_000)
    assert bucket.take(11_000)


def test_thirty_inputs_a_second_pass_for_an_hour() -> None:
    bucket = TokenBucket(FRAMES_BURST, FRAMES_PER_SECOND, now_ms=0)
    times_ms = [round(tick * 1000 / 30) for tick in range(30 * 3600)]
    assert taken(bucket, times_ms) == len(times_ms)


@given(
    burst=st.integers(1, 100),
    per_second=st.integers(1, 100),
    gaps_ms=st.lists(st.integers(-50, 2_000), max_size=200),
)
def test_no_pattern_of_sending_passes_more_than_burst_and_rate_allow(
    burst: int, per_second: int, gaps_ms: list[int]
) -> None:
    bucket = TokenBucket(burst, per_second, now_ms=0)
    now_ms = latest_ms = passed = 0
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        latest_ms = max(latest_ms, now_ms)
        passed += bucket.take(now_ms)
        assert passed <= burst + latest_ms * per_second / 1000 + 1e-6
