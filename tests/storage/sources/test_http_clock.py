from datetime import UTC, datetime

import httpx
import pytest

from storage.sources._http_clock import http_date, retry_after

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0), ("", None), ("soon", None),
     ("-3", None), ("99999999999", None)],
)  # fmt: skip
def test_what_a_server_asks_for_is_seconds_or_a_date_by_its_own_clock(said, seconds):
    assert retry_after(httpx.Headers({"Retry-After": said}), NOON) == seconds


def test_a_date_header_is_an_instant_and_anything_else_is_none():
    assert http_date("Sun, 01 Mar 2026 12:00:00 GMT") == NOON
    assert http_date("yesterday") is None
