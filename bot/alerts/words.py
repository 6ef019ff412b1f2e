"""What is said in the thread of an alert when something changed."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.card import Acts, Card, amount, at, figure, memory, subject
from bot.alerts.look import HIDDEN, Look
from bot.alerts.rule import Rule
from commands._basis import ago
from storage.models import Episode
from storage.watch import News

# in this order; what is worst first
ORDER = ("worse", "again", "no-data", "recovering", "resolved")
MOST = 10
HEADS = {
    "worse": "🔴 **Worse**", "again": "🔴 **Still firing**", "no-data": "⚪ **No figure now**",
    "recovering": "🔵 **Recovering**", "resolved": "🟢 **Over**",
}  # fmt: skip


def change_lines(
    card: Card, told: Sequence[tuple[str, Episode]], acts: Acts, now: datetime
) -> list[str]:
    """A line for each change, as many as one reads."""
    lines = [_change(card, word, episode, now) for word, episode in told[:MOST]]
    if any(word == "resolved" for word, _ in told):
        lines += acts.done
    more = len(told) - MOST
    return [*lines, f"and {more} more"] if more > 0 else lines


def data_line(
    rule: Rule, look: Look, news: News, standing: Sequence[Episode], zone: ZoneInfo
) -> str:
    """That the data can't be judged, or can be again, and what stands."""
    # the title of one's own rule is that of an answer, so it names what the answer is of
    title = rule.id if look.why == HIDDEN else rule.title or rule.id
    stands = "There is no alert."
    if standing:
        since = min(one.fired_at or one.begun_at for one in standing)
        stands = f"The alert of {at(since, zone)} stands."
    if news == "blind":
        return f"⚪ **Can't tell: {title}**. This can't be judged: {look.why}. {stands}"
    return f"⚪ **Can tell again: {title}**. This can be judged again{_now(look)}. {stands}"


def _now(look: Look) -> str:
    """The figure of a rule on a total."""
    if look.answer is None or look.reading is None or look.seen.value is None:
        return ""
    told = amount(look.seen.value, look.reading.unit)
    return f": {look.answer.title}, {look.reading.name}: {told}"


def _change(card: Card, word: str, episode: Episode, now: datetime) -> str:
    what = f"{HEADS[word]} · {subject(card, episode)}: **{figure(card, episode)}**"
    fired = episode.fired_at or episode.begun_at
    if word == "no-data":
        return f"{HEADS[word]} · {subject(card, episode)}; the alert stands."
    if word == "resolved":
        long = ago((episode.ended_at or now) - fired)
        return f"{what}{_of(card.clear)}: over after {long}{memory(card, episode)}."
    if word == "recovering":
        return f"{what}{_of(card.clear)}{memory(card, episode)}."
    long = f", for {ago(now - fired)}" if word == "again" else ""
    return f"{what}{_of(card.when)}{long}{memory(card, episode)}."


def _of(limit: str) -> str:
    return f", {limit}" if limit else ""
