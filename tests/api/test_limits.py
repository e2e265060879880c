from api import limits
from api.limits import RateLimiter


def test_a_bucket_fills_at_its_rate():
    limiter = RateLimiter(rate=2, burst=3)
    assert [limiter.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert limiter.wait("b", 0.0) == 0
    assert [limiter.wait("a", 0.5), limiter.wait("a", 0.5)] == [0, 0.5]
    assert limiter.wait("a", 100.0, cost=3) == 0
    assert limiter.wait("a", 100.0) == 0.5


def test_no_rate_is_no_limit():
    limiter = RateLimiter(rate=0, burst=1)
    assert [limiter.wait("a", 0.0) for _ in range(9)] == [0] * 9


def test_the_one_silent_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "REMEMBERED", 2)
    limiter = RateLimiter(rate=1, burst=1)
    assert [limiter.wait(client, 0.0) for client in ("a", "b", "a", "c")] == [0, 0, 1, 0]
    assert limiter.wait("a", 0.0) == 1
    assert limiter.wait("b", 0.0) == 0
