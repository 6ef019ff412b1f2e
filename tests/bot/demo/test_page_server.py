import json
import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient

from bot.demo.page_server import served
from tests.bot.conversation import ADA, OPS, workspace
from tests.bot.demo.small_slack import field, modal


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


def test_a_file_comes_in_by_slacks_own_client_and_can_be_read(page):
    slack, base = page
    client = WebClient(slack.bot_token, base_url=f"{base}/api/")
    direct = client.conversations_open(users=ADA)["channel"]["id"]
    client.files_upload_v2(
        channel=direct, content="a,b\n1,2\n", filename="x.csv", initial_comment="two"
    )
    [message] = slack.messages
    assert (message.channel, message.text) == (f"D{ADA[1:]}", "two")
    [file] = message.files
    assert get(base + file["url"]) == (200, "a,b\n1,2\n")
    assert get(f"{base}/files/F0")[0] == 404
    assert get(f"{base}/upload/F0", b"x")[0] == 400


def test_blocks_that_this_workspace_has_not_got_are_refused_in_answers(page):
    slack, _ = page
    slack.unknown_blocks = {"data_table"}
    url = slack.payloads.command(ADA, OPS, "/x", "")["response_url"]
    body = json.dumps({"text": "x", "blocks": [{"type": "data_table"}]}).encode()
    assert get(url, body) == (400, "invalid_blocks")
    assert get(url, b'{"text": "x"}') == (200, "ok")


def test_the_menu_of_a_message_reaches_the_bot(page):
    slack, base = page
    seen = []
    slack.deliver = lambda kind, body: seen.append(body) or {}
    message = slack.post(OPS, ADA, "where is P1?")
    asked = {"as": ADA, "channel": OPS, "ts": message.ts, "callback_id": "lookup"}
    assert get(f"{base}/browser/shortcut", json.dumps(asked).encode())[0] == 200
    assert seen[0]["message"]["text"] == "where is P1?"


def test_a_dialog_is_filled_in_and_closed_from_the_page(page):
    slack, base = page
    seen = []
    slack.deliver = lambda kind, body: seen.append(body) or {}

    def do(deed, **asked):
        assert get(f"{base}/browser/{deed}", json.dumps({"as": ADA, **asked}).encode())[0] == 200

    do("say", channel=OPS, text="/leadline")
    view = slack.open_view(seen[0]["trigger_id"], modal(field("x"), notify_on_close=True))
    typed = {"x": {"a": {"type": "plain_text_input", "value": "typed"}}}
    action = {"type": "plain_text_input", "action_id": "a", "block_id": "x", "value": "typed"}
    do("choose", view_id=view["id"], action=action, values=typed)
    assert seen[1]["view"]["state"]["values"] == typed
    do("close", view_id=view["id"], all=True)
    assert seen[2]["is_cleared"]
    assert slack.views == {}


def test_an_answer_in_a_thread_comes_from_the_page(page):
    slack, base = page
    first = slack.post(OPS, ADA, "where is P1?")
    body = {"as": ADA, "channel": OPS, "text": "here", "thread": first.ts}
    assert get(f"{base}/browser/say", json.dumps(body).encode())[0] == 200
    assert [one.text for one in slack.replies(OPS, first.ts)] == ["here"]
