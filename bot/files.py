"""An answer's rows as a CSV file, sent to the person who asks for it and to nobody else."""

import re
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.channel import Said
from bot.mrkdwn import bold, cut, plain
from bot.post import FAILURES
from bot.text import as_csv, basis_line
from commands import Answer, Notice

LONGEST_NAME = 60
LONGEST_COMMENT = 2_000
NOTHING = Notice("There are no rows", "That answer has no table.", error=True)


def send_csv(
    client: WebClient, said: Said, user: str, zone: ZoneInfo, *, is_evidence: bool = False
) -> Notice:
    """Sends all rows of an answer's table, or those it was computed from, to one person.

    What became of it, in words for that person.
    """
    if isinstance(said, Notice):
        return said
    table = said.evidence if is_evidence else said.table
    if table is None or not table.rows:
        return NOTHING
    try:
        direct = client.conversations_open(users=user)["channel"]["id"]
        client.files_upload_v2(
            channel=direct,
            # with this mark in front spreadsheets read names as they are written
            content=as_csv(said, is_evidence=is_evidence).encode("utf-8-sig"),
            filename=_file_name(said),
            title=said.title,
            initial_comment=_comment(said, zone),
        )
    except (*FAILURES, SlackRequestError) as error:
        return Notice("Not sent", f"Slack did not take the file: {_why(error)}.", error=True)
    rows = f"{len(table.rows):,} row{'s' if len(table.rows) > 1 else ''}"
    return Notice("I sent it to you", f"{rows} as {_file_name(said)}, in our conversation.")


def _file_name(said: Answer) -> str:
    """The question and the day, as a name that every system takes."""
    words = re.sub(r"[^\w-]+", "-", said.line or said.title).strip("-")[:LONGEST_NAME]
    return f"{words.rstrip('-')}-{said.basis[0].as_of:%Y-%m-%d}.csv"


def _comment(said: Answer, zone: ZoneInfo) -> str:
    rests = [plain(basis_line(one, zone)) for one in said.basis]
    return cut("\n".join([bold(said.summary.text), *rests]), LONGEST_COMMENT)


def _why(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or error.response.status_code)
    return type(error).__name__
