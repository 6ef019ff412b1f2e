"""What a rule is, as leadline.toml has it and as it is kept when a person made it in Slack."""

from datetime import timedelta
from typing import Literal

import msgspec

Kind = Literal["value", "change", "unusual", "new"]
Scope = Literal["all", "mine", "team"]
Told = Literal["thread", "channel", "both"]
# "default" is as the channel does
FollowUps = Literal["default", Told]
Severity = Literal["info", "warning", "critical"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command line that is asked every now and then, and what of its answer is news.

    kind: *value* holds a figure against `when`; *change* its change against the window before or
    the year before (`versus`), in percent; *unusual* is a test of its own; *new* is a row that
    was not there. `figure` names a reading, or with `each` a column of the table, whose every row
    is then watched by itself; empty is the first. `when` fires it and `clear` ends it; with a
    `unit`, such as EUR or days, a figure in another one is not judged.

    `pending` and `recovering`: how many evaluations in a row it takes; `keep`: how long it fires
    at least; `repeat`: after how long it is told again, never if null; `quiet`: local hours such
    as "20:00-07:00" in which it is held back, by `zone`. scope: *mine* is what `owner` owns in
    the data, *team* what a member of the user group `team` owns. `follow_ups`: where changes of a
    running alert are told; "default" is as the channel has it. A `channel` that is a person's id
    is the conversation with them.
    """

    id: str
    ask: str
    channel: str
    when: str = ""
    clear: str = ""
    title: str = ""
    kind: Kind = "value"
    figure: str = ""
    each: bool = False
    versus: Literal["", "prior", "year"] = ""
    unit: str = ""
    owner: str = ""
    scope: Scope = "all"
    team: str = ""
    every: timedelta = timedelta(minutes=10)
    pending: int = 1
    recovering: int = 1
    keep: timedelta = timedelta(0)
    repeat: timedelta | None = None
    quiet: str = ""
    zone: str = ""
    follow_ups: FollowUps = "default"
    severity: Severity = "warning"
    runbook: str = ""


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for all rules of a channel that do not say otherwise: where changes of a running
    alert are told.
    """

    follow_ups: Told = "thread"
