import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._http import Http
from storage.sources._oauth import TOKENS, Bearer, Kept, client_credentials, granted, refreshed


def answer(status, said):
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(said).encode()))


class TokenServer:
    """Gives tokens t1, t2 …, each refresh token once; what it serves needs the newest token."""

    def __init__(self, rotates=False):
        self.rotates, self.made, self.asked = rotates, 0, []
        self.refresh = "r0"

    def __call__(self, request):
        if request.url.path != "/token":
            good = request.headers.get("Authorization") == f"Bearer t{self.made}"
            return answer(200 if good else 401, {"good": good})
        fields = {name: one for name, (one,) in parse_qs(request.content.decode()).items()}
        self.asked.append(fields)
        if fields["grant_type"] == "refresh_token" and fields["refresh_token"] != self.refresh:
            return answer(400, {"error": "invalid_grant", "error_description": "used"})
        self.made += 1
        said = {"access_token": f"t{self.made}"}
        if self.rotates:
            self.refresh = said["refresh_token"] = f"r{self.made}"
        return answer(200, said)

    def http(self, auth=None):
        return Http("https://crm.example", transport=httpx.MockTransport(self), auth=auth)


def bearer(server, fetch, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)):
    return server.http(Bearer(fetch, clock))


def test_a_token_is_fetched_once_and_again_where_it_is_refused():
    server = TokenServer()
    http = bearer(server, client_credentials(server.http(), "token", "me", "s3cret", scope="all"))
    assert [http.get("x").status for _ in range(3)] == [200, 200, 200]
    assert len(server.asked) == 1
    assert server.asked[0]["scope"] == "all"
    server.made += 1  # the server forgets it
    assert http.get("x").status == 200
    assert len(server.asked) == 2


def test_a_new_token_that_is_refused_too_is_not_asked_for_for_ever():
    server = TokenServer()
    http = bearer(server, lambda: {"access_token": "wrong"})
    assert http.get("x").status == 401


def test_a_token_is_renewed_before_it_runs_out():
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    given = iter("abc")
    shown = Bearer(lambda: {"access_token": next(given), "expires_in": 1800}, lambda: now[0])
    assert shown() == {"Authorization": "Bearer a"}
    now[0] += timedelta(minutes=28)
    assert shown() == {"Authorization": "Bearer a"}
    now[0] += timedelta(minutes=1)
    assert shown() == {"Authorization": "Bearer b"}


def test_a_rotated_refresh_token_is_kept_before_it_is_used(tmp_path):
    server = TokenServer(rotates=True)
    for turn in range(3):  # three processes, one after the other
        fetch = refreshed(server.http(), "token", "r0", Kept(str(tmp_path), "crm:main"))
        assert bearer(server, fetch).get("x").status == 200
        assert server.asked[-1]["refresh_token"] == f"r{turn}"
    path = tmp_path / TOKENS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {"crm:main": {"given": "r0", "now": "r3"}}


def test_a_new_token_in_the_settings_counts_more_than_what_came_of_the_old_one(tmp_path):
    kept = Kept(str(tmp_path), "crm:main")
    kept.keep("r0", "r1")
    assert kept.token("r0") == "r1"
    assert kept.token("fresh") == "fresh"


def test_those_who_come_at_once_exchange_one_token_after_the_other(tmp_path):
    server, there = TokenServer(rotates=True), threading.Barrier(4)

    def come(key):
        fetch = refreshed(server.http(), "token", "r0", Kept(str(tmp_path), key))
        there.wait()
        return fetch()["access_token"]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(come, ["crm:main"] * 4)) == ["t1", "t2", "t3", "t4"]
    assert [one["refresh_token"] for one in server.asked] == ["r0", "r1", "r2", "r3"]


def test_what_sources_keep_at_once_is_all_there(tmp_path):
    there = threading.Barrier(8)

    def come(key):
        there.wait()
        Kept(str(tmp_path), key).exchanged("old", lambda used: {"refresh_token": f"new of {key}"})

    keys = [f"crm:{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, keys))
    assert [Kept(str(tmp_path), one).token("old") for one in keys] == [
        f"new of {one}" for one in keys
    ]


def test_no_token_is_given_away_where_its_successor_could_not_be_kept(tmp_path):
    server = TokenServer(rotates=True)
    fetch = refreshed(server.http(), "token", "r0", Kept(str(tmp_path / "gone"), "crm:main"))
    with pytest.raises(SourceError, match=r"can't be written: No such file.*set folder"):
        fetch()
    assert server.asked == []


def test_a_server_that_gives_no_token_is_quoted(tmp_path):
    server = TokenServer()
    fetch = refreshed(server.http(), "token", "old", Kept(str(tmp_path), "crm:main"))
    with pytest.raises(SourceError, match="gives no token: invalid_grant: used") as said:
        fetch()
    assert said.value.permanent


def test_a_refusal_that_is_no_text_is_told_by_its_status():
    said = httpx.Response(400, stream=httpx.ByteStream(b'{"error": "\xff"}'))
    transport = httpx.MockTransport(lambda request: said)
    with pytest.raises(SourceError, match="gives no token: it answers 400"):
        granted(Http("https://crm.example", transport=transport), "token", {})
