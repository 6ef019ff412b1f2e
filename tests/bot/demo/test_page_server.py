import json
import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient

from bot.demo.page_server import served
from tests.bot.conversation import ADA, OPS, workspace


@pytest.fixture
def page(tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<p>hello")
    (tmp_path / "secret.txt").write_text("secret")
    slack = workspace()
    with served(slack, folder) as base:
        yield slack, base


def get(url, data=None, **headers):
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_the_page_and_its_beginning_are_served(page):
    slack, base = page
    assert get(base) == (200, "<p>hello")
    state = json.loads(get(f"{base}/browser/state")[1])
    assert {one["name"] for one in state["people"]} == {"Ada", "Noor", "Gus"}
    assert slack.bot_token not in str(state)


def test_what_a_person_does_reaches_the_workspace(page):
    slack, base = page
    body = json.dumps({"as": ADA, "channel": OPS, "text": "hi"}).encode()
    assert get(f"{base}/browser/say", body)[0] == 200
    assert [one.text for one in slack.visible(ADA, OPS)] == ["hi"]
    events = json.loads(get(f"{base}/browser/events?as={ADA}&since=0")[1])
    assert events[0]["message"]["text"] == "hi"


def test_the_bot_comes_in_by_slacks_own_client(page):
    slack, base = page
    client = WebClient(slack.bot_token, base_url=f"{base}/api/")
    assert client.auth_test()["team_id"] == "T0LEADLINE"
    assert client.chat_postMessage(channel=OPS, text="x", blocks=[{"type": "divider"}])["ok"]
    app = WebClient(slack.app_token, base_url=f"{base}/api/")
    assert app.apps_connections_open(app_token=slack.app_token)["url"].startswith("ws://127.0.0.1")


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:80"}, {"Origin": "https://evil.example"}], ids=str
)
def test_no_other_site_may_speak_through_the_browser(page, headers):
    _, base = page
    assert get(f"{base}/browser/state", **headers)[0] == 403
    assert get(f"{base}/browser/say", b"{}", **headers)[0] == 403


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/nothing", "/."])
def test_only_files_of_the_page_are_served(page, path):
    assert get(page[1] + path)[0] == 404


def test_an_address_for_answers_that_is_not_known_takes_nothing(page):
    assert get(f"{page[1]}/commands/nope", b'{"text": "x"}') == (404, "expired_url")
    assert get(f"{page[1]}/browser/nope", b'{"as": "U"}')[0] == 404
    assert get(f"{page[1]}/nope", b"{}")[0] == 404
