"""Who is told that a message could not be delivered, and in which words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from bot.access import OPERATORS, PEOPLE, Directory
from bot.alerts.rule import Rule
from bot.claims import Message
from bot.digests.plan import TO, Digest
from bot.mrkdwn import plain
from bot.post import FAILURES
from bot.settings import Access as Entry
from commands import Grant
from storage.models import AlertRule, DigestPlan
from storage.store import Store

OWN = "own"
NOTICE = "trouble:"
State = Literal["failed", "doubt", "waiting"]
Made = Rule | Digest
ROWS: dict[str, type[AlertRule] | type[DigestPlan]] = {"alert": AlertRule, "digest": DigestPlan}
ARTICLES = {"alert": "An alert", "digest": "A digest"}
OTHERS = {
    "share": "An answer that was shared",
    "digest-test": "A test of a digest", "held": "What quiet hours held back",
}  # fmt: skip
WORDS = {
    "is_archived": "the channel is archived",
    "not_in_channel": "I am not in the channel; invite me",
    "channel_not_found": "I can't find the channel; it is gone, or I was removed from it",
}
ENDS: dict[State, str] = {
    "failed": "could not be posted {where}: {why}. It is not sent again.",
    "doubt": "may have been posted {where} or not; look there. It is not sent again: {why}.",
    "waiting": "could not be posted {where} yet: {why}. I go on trying for a day.",
}


@dataclass(frozen=True)
class Owned:
    """What a message came from: its name for people, and who made it; empty if nobody in Slack.
    `hidden` is its name for who may not see what it speaks of.
    """

    name: str
    owner: str = ""
    hidden: str = ""


class Owners:
    """Tells the owner of the alert or digest that a message came from, else the operators.

    `rules` and `digests` are those of leadline.toml; `operators` gives Slack user ids. A title is
    told to those alone who may see by `grant_of` what the message speaks of.
    """

    def __init__(
        self,
        store: Store,
        rules: Iterable[Rule],
        digests: Iterable[Digest],
        operators: Callable[[], Iterable[str]],
        grant_of: Callable[[str], Grant],
    ) -> None:
        self.store, self.operators, self.grant_of = store, operators, grant_of
        self.made: dict[str, Sequence[Made]] = {"alert": tuple(rules), "digest": tuple(digests)}

    def __call__(self, message: Message, state: State, why: str) -> list[Message]:
        """What is to be written to whom; nothing about what was such a notice itself."""
        if message.key.startswith(NOTICE):
            return []
        with self.store.reader() as session:
            found = self._owned(session, message.key)
        # who can't be reached by this message can't be reached by one about it
        is_reached = found.owner and found.owner != message.channel
        people = [found.owner] if is_reached else self.operators()
        return [
            Message(
                f"{NOTICE}{message.key}:{one}", one,
                _text(self._named(found, one, message), message.channel, state, why), [], (),
            )
            for one in sorted(set(people) - {message.channel})
        ]  # fmt: skip

    def _named(self, found: Owned, person: str, message: Message) -> str:
        if not found.hidden:
            return found.name
        try:
            grant = self.grant_of(person)
        except FAILURES:
            return found.hidden
        return found.name if all(map(grant.allows, message.topics)) else found.hidden

    def _owned(self, session: Session, key: str) -> Owned:
        kind, _, rest = key.partition(":")
        if kind == "reminder":
            # of a person who can't be reached: so that an operator knows whom to tell
            return Owned(f"A reminder of a notice deadline for <@{rest.partition(':')[0]}>")
        if kind not in ROWS:
            return Owned(OTHERS.get(kind, "A message"))
        own, _, more = rest.partition(":")
        # one of several places that a digest goes to stands behind its number
        number = more.partition(":")[0].partition(TO)[0]
        if own == OWN and number.isdecimal():
            return _of_row(session, kind, int(number))
        # an id may have colons in it, so the longest that fits is meant
        fits = [one for one in self.made[kind] if rest.startswith(f"{one.id}:")]
        one = max(fits, key=lambda found: len(found.id), default=None)
        if one is None:
            return Owned(f"{ARTICLES[kind]} that is not in leadline.toml any more")
        return Owned(
            f"The {kind} “{plain(one.title or one.id)}”",
            one.owner,
            f"{ARTICLES[kind]} that you may not see",
        )


def _of_row(session: Session, kind: str, number: int) -> Owned:
    row: AlertRule | DigestPlan | None = session.get(ROWS[kind], number)  # type: ignore[assignment]  # what ROWS has of it
    if row is None:
        return Owned(f"The {kind} {OWN}:{number}")
    made = row.rule if isinstance(row, AlertRule) else row.plan
    name = made.get("title") or f"{number}"
    return Owned(
        f"The {kind} “{plain(str(name))}”", row.owner, f"{ARTICLES[kind]} that you may not see"
    )


def _text(name: str, channel: str, state: State, why: str) -> str:
    where = "to a person" if channel.startswith(PEOPLE) else f"in <#{channel}>"
    return f"{name} {ENDS[state].format(where=where, why=plain(WORDS.get(why, why)))}"


def operators(access: Mapping[str, Entry], directory: Directory) -> frozenset[str]:
    """The people that `[access]` calls operators; a group that can't be read now is left out."""
    named = access[OPERATORS].people if OPERATORS in access else ()
    found = {one for one in named if one.startswith(PEOPLE)}
    for group in (one for one in named if one.startswith("S")):
        with suppress(*FAILURES):
            found |= directory.group(group)
    return frozenset(found)
