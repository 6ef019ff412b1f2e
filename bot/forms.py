"""An answer in each of the forms that `python -m bot ask` prints."""

import os
import sys
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from bot.blocks import blocks, fallback
from bot.terminal import WIDTH, as_text
from bot.text import as_csv, as_json
from commands import Answer, Notice

Form = Literal["text", "json", "csv", "blocks"]


def formed(said: Answer | Notice, form: Form, zone: ZoneInfo, *, is_evidence: bool = False) -> str:
    """`said` as text (in colours on a terminal), as data, or as what is posted to Slack.

    `is_evidence`: as CSV the rows that its figures were made of.
    """
    if form == "csv":
        return as_csv(said, is_evidence=is_evidence).removesuffix("\r\n")
    if form == "json":
        return _json(as_json(said))
    if form == "blocks":
        return _json({"text": fallback(said), "blocks": blocks(said, zone)})
    is_terminal = sys.stdout.isatty()
    width = os.get_terminal_size().columns if is_terminal else WIDTH
    return as_text(said, zone, width, is_colored=is_terminal)


def _json(made: object) -> str:
    return msgspec.json.format(msgspec.json.encode(made), indent=2).decode()
