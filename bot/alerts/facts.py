"""What the message of an alert is made of, besides how its episodes stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from bot.alerts.rule import Kind, Severity
from commands import Grant, Topic

SOMEONE = "someone"


class Touch(msgspec.Struct, frozen=True):
    """A sentence on whom it touches, and what that speaks of."""

    text: str
    topics: tuple[Topic, ...]


class Card(msgspec.Struct, frozen=True):
    """All that the message of an alert says, besides how its episodes stand.

    `of` names the figure ("Lead time of steel, median"), or what has rows of which `column` is the
    figure ("Suppliers", "overdue"); `when` and `clear` are the thresholds in
    words, `line` asks for the answer. `words` say of an entity what its value alone does not.
    `basis` is plain text. `why` says why it can't be judged now; empty while it can be. `affects`
    is a line that asks who is affected; empty where there is none, or where that depends on the
    entity. `before` is what the total was in the window before, where the answer has that.
    `held_back`: the quiet hours that it was not told in. `left` says why it is watched no
    more; empty while it is.
    """

    rule: str
    title: str
    of: str
    unit: str
    when: str
    clear: str
    is_upper: bool
    line: str
    basis: str
    topics: tuple[Topic, ...]
    kind: Kind = "value"
    column: str = ""
    words: dict[str, str] = {}
    severity: Severity = "warning"
    owner: str = ""
    runbook: str = ""
    touches: tuple[Touch, ...] = ()
    affects: str = ""
    why: str = ""
    held_back: str = ""
    left: str = ""
    before: float | None = None


@dataclass(frozen=True)
class Acts:
    """What people did about it: sentences without a name of anyone who could be pinged, and what
    the people in it are called.
    """

    done: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, user: str | None) -> str:
        return self.names.get(user or "", SOMEONE)


def seen(card: Card, grant: Grant) -> Card:
    """The card without the sentences that an audience may not see."""
    shown = tuple(one for one in card.touches if all(map(grant.allows, one.topics)))
    return msgspec.structs.replace(card, touches=shown)


def topics(card: Card) -> tuple[Topic, ...]:
    """All that the message speaks of."""
    return tuple(sorted({*card.topics, *(topic for one in card.touches for topic in one.topics)}))
