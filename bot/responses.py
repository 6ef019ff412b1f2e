"""An answer to a request of Slack: to its response_url, in the acknowledgement, or in a dialog."""

from http import HTTPStatus
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.plans import REFUSED, forms
from bot.replies import is_direct

TIMEOUT = 5
# what Slack says of a dialog that is closed, or that shows something else by now
GONE = ("not_found", "hash_conflict")
Json = dict[str, Any]


class Shown:
    """An open dialog, in which one thing after the other can be shown; false once it is closed.

    What is shown first takes the place of anything; what follows only that of the one before, so
    that what takes long never undoes a later click.
    """

    def __init__(self, client: WebClient, view_id: str) -> None:
        self.client, self.view_id, self.hash = client, view_id, ""

    def __call__(self, view: Json) -> bool:
        more = {"hash": self.hash} if self.hash else {}
        try:
            shown = self.client.views_update(view_id=self.view_id, view=view, **more)
        except SlackApiError as error:
            if error.response.get("error") not in GONE:
                raise
            return False
        self.hash = str((shown.get("view") or {}).get("hash") or "")
        return True


def sent(url: str, channel: str, message: Json) -> str:
    """Sends a message to a response_url, in simpler words if its blocks are refused.

    Why it was not taken; empty when it was.
    """
    sender = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
    # a message for one person is gone when the page is loaded again; alone with us it can stay
    kind = "in_channel" if is_direct(channel) else "ephemeral"
    why = ""
    for blocks in forms(message.get("blocks", [])):
        reply = sender.send_dict({
            "response_type": kind, "replace_original": message.get("replace_original", False),
            "text": message["text"], "blocks": blocks,
        })  # fmt: skip
        if reply.status_code == HTTPStatus.OK:
            return ""
        why = f"{reply.status_code} {reply.body[:200]}"
        if REFUSED not in reply.body:
            break
    return why


def acknowledgement(message: Json) -> Json:
    """A message as the answer to the request itself, in its plainest form; empty if it is empty."""
    if not message:
        return {}
    plainest = forms(message.get("blocks", []))[-1]
    return {"response_type": "ephemeral", **message, "blocks": plainest}
