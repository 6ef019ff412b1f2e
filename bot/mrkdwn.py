"""Text for Slack: ours is bold where it shall be, and nothing from outside can mean anything.

To Slack `<!channel>` is a mention, `*a*` bold and `_a_` italic, whoever wrote it. So what comes
from outside is escaped, and signs that would format are shown by others that look like them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

TEXT = 3_000
PERCENT = re.compile(r"(\d) %")
EMPHASIS = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
CODE = re.compile(r"(`[^`\n]+`)")
LOOK_ALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
# within a word Slack leaves it alone, and an article number can be copied
LOOSE_LINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
QUOTE = re.compile(r"(^\s*)>", re.MULTILINE)
SIGNS = re.compile(r"[▲▼●🔴🟠🔵🟢⚪]\s?")


def escape(text: str) -> str:
    """Text from outside, so that Slack shows it as it is: no mention, no link, no command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Text in which nothing is formatted."""
    still = LOOSE_LINE.sub("ˍ", text.translate(LOOK_ALIKES))
    return PERCENT.sub("\\1\u00a0%", escape(QUOTE.sub("\\1›", still)))


def bold(text: str) -> str:
    """A sentence whose `**words**` are bold and in which nothing else is formatted."""
    parts = EMPHASIS.split(text)  # outside and inside in turn
    made = [f"*{plain(part)}*" if at % 2 else plain(part) for at, part in enumerate(parts)]
    return "".join(made)


def coded(text: str) -> str:
    """The same where we write lines of commands in backticks."""
    return "".join(
        f"`{escape(part[1:-1])}`" if CODE.fullmatch(part) else bold(part)
        for part in CODE.split(text)
    )


def spoken(text: str) -> str:
    """A text as it is read aloud: no emphasis, and no sign that a word beside it says too."""
    return plain(SIGNS.sub("", text.replace("**", "")))


def moment(at: datetime, shown: str) -> str:
    """An instant in the zone of whoever reads it; `shown` where that can't be drawn."""
    otherwise = plain(shown).replace("|", "¦")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{otherwise}>"


def text_object(text: str) -> dict[str, Any]:
    """A text as blocks hold it, within Slack's limit; there must be some. No name or address in
    it becomes a link."""
    return {"type": "mrkdwn", "text": cut(text or " ", TEXT), "verbatim": True}


def section(text: str) -> dict[str, Any]:
    """A block of text over the whole width."""
    return {"type": "section", "text": text_object(text)}


def filled(lines: Sequence[str]) -> list[str]:
    """The lines in as few texts as Slack's limit allows, none torn."""
    made = [""]
    for line in lines:
        if made[-1] and len(made[-1]) + 1 + len(line) > TEXT:
            made.append("")
        made[-1] = f"{made[-1]}\n{line}" if made[-1] else line
    return [text for text in made if text]


def cut(text: str, limit: int) -> str:
    """The text within a limit, not ending in half an escape."""
    if len(text) <= limit:
        return text
    return re.sub(r"(&[a-z]{0,3}|<!date[^>]*)$", "", text[: limit - 1]) + "…"
