"""What is told of an evaluation: one message an episode, edited in place, with its thread.

news or change      the post        its thread          the channel
fired               new, one for    -                   the post
                    all at once
worse, again        edited          reply               by `follow_ups`: nothing more, the
                                                        reply too, or a post instead of it
recovering          edited          reply, once         -
no figure           edited          reply, once         -
resolved            edited          reply               -
blind, sighted      edited          reply, of one       a post where no alert stands
(acknowledged and other deeds: bot/alerts/deeds.py; what quiet hours held back of all this is one
post in the channel: bot/alerts/gathered.py)
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select

from bot.alerts.card import ON, Card, worst_first
from bot.alerts.gathered import gather, told_from
from bot.alerts.look import HIDDEN, Look
from bot.alerts.make import affects, blind_card, make_card, renewed
from bot.alerts.rule import Channel, Rule, Told
from bot.alerts.scene import Scene, edit, marks_of, post, read_card, reply, said, waiting
from bot.alerts.words import ORDER, change_lines, data_line
from bot.channel import Desk
from bot.outbox import put
from commands import TOPICS
from commands._lookup import command_of
from storage.episodes import Evaluated
from storage.models import AlertMessage, Episode, Outbox

# what may be told in the channel again
LOUD = frozenset({"worse", "again"})
# what is posted of one that no message tells of yet, as its channel might not see it before
NEW = frozenset({"fired", *LOUD})
# phases that are told at most once of an episode, so that noise can't fill a thread
ONCE = ("recovering", "no-data")
DATA = ""

News = Mapping[int | None, tuple[str, ...]]


def tell(
    session: Session,
    desk: Desk,
    rule: Rule,
    look: Look,
    evaluated: Evaluated,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Writes what an evaluation has to say into the outbox, in the caller's transaction.

    Nothing is written that the channel may not see now.
    """
    changes = (*evaluated.changes, *evaluated.released)
    news: News = {one.episode.id: tuple(one.news) for one in changes}
    untold = [one.episode for one in evaluated.held]
    every = [*(one.episode for one in changes), *untold, *evaluated.standing]
    new = [one for one in every if one.message is None and not NEW.isdisjoint(news.get(one.id, ()))]
    if not (new or evaluated.data or any(one.message for one in every)):
        return
    at = told_from(rule, now, zone) if evaluated.released else None
    scene = Scene(session, desk.grant_of(rule.channel), now, zone, at, _follow_ups(desk, rule))
    told: dict[str, list[Episode]] = defaultdict(list)
    for one in every:
        if one.message is not None:
            told[one.message].append(one)
    if evaluated.data:
        _tell_data(scene, rule, look, evaluated)
    if new:
        held = {one.episode.id for one in evaluated.released}
        is_late = any(one.id in held for one in new)
        _tell_new(scene, desk, rule, look, new, is_late=is_late)
    for row in _rows(scene, rule, look, told):
        _follow(scene, rule, look, evaluated.state.data, row, told[row.key], news)
    if at:
        gather(session, rule.channel, at, now, zone)


def _follow_ups(desk: Desk, rule: Rule) -> Told:
    """Where changes of a running alert are told: as the rule says, else as its channel does."""
    if rule.follow_ups != "default":
        return rule.follow_ups
    return desk.channels.get(rule.channel, Channel()).follow_ups


def _tell_new(
    scene: Scene, desk: Desk, rule: Rule, look: Look, new: Sequence[Episode], *, is_late: bool
) -> None:
    """The one post of what fired together, or was held back together (`is_late`), of which some
    may be over; its key names the worst of it.
    """
    card = _new_card(scene, desk, rule, look)
    if card is None:
        return
    first = worst_first(card, new)[0]
    card = msgspec.structs.replace(card, held_back=rule.quiet if is_late else "")
    key = f"alert:{rule.id}:{first.entity}:{first.number}"
    for one in new:
        one.message = key
        scene.session.add(one)
    row = _row(key, rule, card, {**marks_of(new), DATA: "ok"})
    # to be asked later, as others can't write meanwhile; of a total only its question says of whom
    row.owes = (affects(first.entity) or None) if first.entity else ""
    scene.session.add(row)
    scene.session.flush()
    post(scene, row, card)


def _new_card(scene: Scene, desk: Desk, rule: Rule, look: Look) -> Card | None:
    """What a post is made of, also of what was held back before its question broke; null where the
    channel may not see it.
    """
    if look.answer and look.reading:
        return make_card(rule, look, scene.zone)
    command, _ = command_of(rule.ask.split(), desk.registry)
    card = blind_card(rule, look, command.topics if command else TOPICS)
    return card if look.why != HIDDEN and scene.may_see(card) else None


def _follow(
    scene: Scene,
    rule: Rule,
    look: Look,
    data: str,
    row: AlertMessage,
    touched: Sequence[Episode],
    news: News,
) -> None:
    """The edit of a message of which something changed, and what is said of that."""
    marks = {**row.marks, **marks_of(touched), DATA: data}
    told = _changes(touched, news, marks, is_known=data == "ok")
    card = read_card(row)
    if (marks == row.marks and not told) or look.why == HIDDEN or not scene.may_see(card):
        return
    if data == "ok":
        card = renewed(card, rule, look, scene.zone)
    else:
        card = msgspec.structs.replace(card, why=look.why)
    row.marks, row.card, row.version = marks, msgspec.to_builtins(card), row.version + 1
    scene.session.add(row)
    scene.session.flush()
    edit(scene, row, card)
    if told:
        _say(scene, rule, row, card, told)


def _say(
    scene: Scene, rule: Rule, row: AlertMessage, card: Card, told: Sequence[tuple[str, Episode]]
) -> None:
    """What changed, in the thread; in the channel too where it got worse and that is wanted."""
    acts = scene.acts(row, card, [one for _, one in told])
    text = "\n".join(change_lines(card, told, acts, scene.now))
    is_loud = any(word in LOUD for word, _ in told)
    if is_loud and scene.follow_ups == "channel":
        made = said(f"{row.key}:p{row.version}", row.channel, text, card.topics)
        put(scene.session, waiting(scene, made), scene.now)
        return
    reply(scene, row, card, text, is_broadcast=is_loud and scene.follow_ups == "both")


def _changes(
    touched: Iterable[Episode], news: News, marks: dict[str, str], *, is_known: bool
) -> list[tuple[str, Episode]]:
    """What is to be said of each episode: its news, and a phase in which it is for the first time,
    which is marked.

    A phase is not news of its own: nothing is said of it while the episode is snoozed, or while
    nothing is known of any of them (not `is_known`), which is told of all at once.
    """
    told = []
    for one in touched:
        # what was silenced, and still fires when that ends, was told of before
        words = ["again" if word == "fired" else word for word in news.get(one.id, ())]
        phase = "no-data" if one.phase in ON and one.data != "ok" else one.phase
        once = f"{one.id} {phase}"
        is_quiet = not is_known or one.is_snoozed_out or one.snoozed_until is not None
        if phase in ONCE and once not in marks and not is_quiet:
            marks[once] = "told"
            words.append(phase)
        told += [(word, one) for word in words]
    return sorted(told, key=lambda pair: ORDER.index(pair[0]))


def _tell_data(scene: Scene, rule: Rule, look: Look, evaluated: Evaluated) -> None:
    """That the data can't be judged, or can be again: once, in the thread of an alert if one
    stands.
    """
    assert evaluated.data is not None
    every = [*evaluated.standing, *(one.episode for one in evaluated.changes)]
    standing = [one for one in every if one.message and (one.phase in ON or one.ended_at)]
    text = data_line(rule, look, evaluated.data, standing, scene.zone)
    newest = max(standing, key=lambda one: one.id or 0, default=None)
    made = said(
        f"alert:{rule.id}:{evaluated.data}:{evaluated.state.blinded}", rule.channel, text,
        () if look.why == HIDDEN else look.topics,
        kind="reply" if newest else "post", parent=newest.message if newest else None,
    )  # fmt: skip
    put(scene.session, made, scene.now)


def _rows(scene: Scene, rule: Rule, look: Look, keys: Collection[str]) -> list[AlertMessage]:
    """The messages that were posted under some keys."""
    if not keys:
        return []
    query = select(AlertMessage).where(col(AlertMessage.key).in_(sorted(keys)))
    rows = list(scene.session.exec(query.order_by(col(AlertMessage.id)).with_for_update()))
    lost = sorted(set(keys) - {row.key for row in rows})
    return rows + (_adopted(scene, rule, look, lost) if look.answer else [])


def _adopted(scene: Scene, rule: Rule, look: Look, keys: Sequence[str]) -> list[AlertMessage]:
    """Messages that an earlier version posted, and of which it kept nothing to draw them again."""
    posted = select(Outbox.key).where(col(Outbox.key).in_(keys))
    made = [
        _row(key, rule, make_card(rule, look, scene.zone), {}) for key in scene.session.exec(posted)
    ]
    scene.session.add_all(made)
    scene.session.flush()
    return made


def _row(key: str, rule: Rule, card: Card, marks: dict[str, str]) -> AlertMessage:
    return AlertMessage(
        key=key, rule=rule.id, channel=rule.channel, card=msgspec.to_builtins(card), marks=marks
    )
