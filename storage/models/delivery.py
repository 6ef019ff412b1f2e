"""What is to be said and when: the outbox, the runs of schedules, the episodes of rules."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.models._base import At, MaybeAt


class Outbox(SQLModel, table=True):
    """A message to be posted once; `key` says which, and a second one with it is refused.

    kind: *post*; *reply* into the thread of the message `parent`, shown in the channel too if
    `is_broadcast`; *edit* of the message `parent` (a key). state: pending, sending (claimed),
    unsure (Slack may have it), sent, failed, doubt (nobody can tell whether Slack has it; not sent
    again), or replaced (an edit that a later one made needless). `token` is the key that stands in
    the message's metadata; everyone in the workspace can read that, so it tells nothing. `claim`
    counts the claims: who finishes must still hold the last one. `topics` are what the message
    speaks of. It is not sent before `not_before`, and after a try that failed not before
    `retry_at`. Where Slack can't be asked whether it has an unsure one, it is sent again if it
    `must_arrive`, which `resent` counts, else it is left in doubt.
    """

    __table_args__ = (
        Index("uq_outbox_key", "key", unique=True),
        Index("ix_outbox_state", "state", "channel", "id"),
        Index("ix_outbox_parent", "parent"),
        Index("ix_outbox_sent_at", "channel", "sent_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    token: str
    channel: str
    kind: str = "post"
    parent: str | None = None
    is_broadcast: bool = False
    must_arrive: bool = False
    text: str
    blocks: list[dict[str, Any]] = Field(sa_type=JSON)
    topics: list[str] = Field(sa_type=JSON)
    created_at: At
    state: str = "pending"
    not_before: MaybeAt = None
    retry_at: MaybeAt = None
    attempts: int = 0
    resent: int = 0
    claim: int = 0
    claimed_by: str | None = None
    claimed_at: MaybeAt = None
    sent_at: MaybeAt = None
    ts: str | None = None
    error: str | None = None


class ScheduledRun(SQLModel, table=True):
    """A period of a schedule that is over and done with; one row a period, on every machine.

    `period` is the local wall time that was meant. outcome: sent (into the outbox), missed (found
    too late), unchanged or unmet (it had nothing to say, by `only_if`), skipped (a person left it
    out) or seen (when the plan was first seen; nothing before it is owed). `skipped` counts
    earlier periods that this one stands for. `plan` is the cron expression and the zone; `said`
    a hash of what was said, null where nothing was.
    """

    __table_args__ = (
        Index("uq_scheduledrun_period", "schedule", "period", unique=True),
        Index("ix_scheduledrun_due", "schedule", "due_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    schedule: str
    period: str
    plan: str
    due_at: At
    done_at: At
    outcome: str
    skipped: int = 0
    said: str | None = None


class RuleState(SQLModel, table=True):
    """Where a rule's data stands, however many entities it watches.

    `data` is that of `storage/watch.py`, `told_data` the one last told of, and `blinded` counts how
    often that it went bad was told. `n`: how many observations the last good evaluation rested on;
    `dropped_at`: since when there are far fewer. `members`: of a rule on new rows, those of its
    first evaluation that have been there ever since; null before it. `is_holding`: quiet hours
    may have held something back.
    """

    rule: str = Field(primary_key=True)
    evaluated_at: At
    data: str = "ok"
    told_data: str = "ok"
    blinded: int = 0
    n: int | None = None
    dropped_at: MaybeAt = None
    is_holding: bool = False
    members: list[str] | None = Field(default=None, sa_type=JSON)


class Episode(SQLModel, table=True):
    """From when a rule begins to be breached until it is over, for one entity ("": the total).

    The newest one of a rule and entity is open until it has `ended_at`. `phase` is that of
    `storage/watch.py`; `streak` counts the evaluations in a row that speak for leaving a pending
    or recovering phase. An entity that has no figure while the others do has `data` no-data.
    `label` is what a person calls the entity. `value` is the last one, `worst` the one farthest
    beyond the threshold, `told_value` the one last told of, at `told_at`; `tellings` counts these.
    `held` is what quiet hours hold back (`storage/telling.py`). `evaluated_at` is when an
    evaluation last changed it.

    `message` is the outbox key of the post that tells of it; several that began together share
    one. `acked_*`, `assignee` and `snoozed_until` are what people did; `is_snoozed_out` until it
    is over.
    """

    __table_args__ = (
        Index("uq_episode_number", "rule", "entity", "number", unique=True),
        Index("ix_episode_open", "rule", "ended_at"),
        Index("ix_episode_message", "message"),
    )
    id: int | None = Field(default=None, primary_key=True)
    rule: str
    entity: str = ""
    label: str = ""
    number: int
    phase: str = "pending"
    data: str = "ok"
    streak: int = 0
    value: float | None = None
    worst: float | None = None
    fired_value: float | None = None
    told_value: float | None = None
    evaluated_at: At
    begun_at: At
    fired_at: MaybeAt = None
    told_at: MaybeAt = None
    ended_at: MaybeAt = None
    tellings: int = 0
    held: str | None = None
    message: str | None = None
    acked_at: MaybeAt = None
    acked_by: str | None = None
    assignee: str | None = None
    snoozed_until: MaybeAt = None
    is_snoozed_out: bool = False


class AlertRule(SQLModel, table=True):
    """A rule that a person made in Slack, beside those of leadline.toml.

    `rule` is `bot.alerts.rule.Rule` as JSON; its id is "own:" and this row's. One that is given up
    has `ended_at` and is evaluated no more.
    """

    __table_args__ = (Index("ix_alertrule_owner", "owner", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    channel: str
    rule: dict[str, Any] = Field(sa_type=JSON)
    created_at: At
    changed_at: At
    ended_at: MaybeAt = None


class Silence(SQLModel, table=True):
    """What is not told for a while: of a rule (`rule`), an entity (`entity`), or both.

    An empty one means all of them; a planned maintenance has both empty. Evaluations go on. It
    ends at `until` (null: when someone ends it, at `ended_at`).
    """

    __table_args__ = (Index("ix_silence_ended_at", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    rule: str = ""
    entity: str = ""
    label: str = ""
    owner: str
    reason: str = ""
    begun_at: At
    until: MaybeAt = None
    ended_at: MaybeAt = None


class Deed(SQLModel, table=True):
    """What a person did about an alert: `what` is acknowledged, assigned, snoozed, muted, or what
    was done in the world (expedite, call, credit, substitute, other), with a `note`.

    `message` is that of the episodes it is about; `entity` names one of several.
    """

    __table_args__ = (Index("ix_deed_message", "message"),)
    id: int | None = Field(default=None, primary_key=True)
    message: str
    entity: str = ""
    owner: str
    what: str
    note: str = ""
    at: At


class AlertMessage(SQLModel, table=True):
    """What the post of an alert was made of, so that it can be drawn again; `key` is the post's.

    `card` is `bot.alerts.card.Card` as JSON. `marks`: how each of its episodes stood, by its id,
    and its data (""), when it was last drawn; `version` counts how often it was. Buttons carry the
    id, which tells nothing. `owes`: the line that asks whom it touches, until its answer stands in
    the message; empty where the question of the rule says of whom.
    """

    __table_args__ = (
        Index("uq_alertmessage_key", "key", unique=True),
        Index("ix_alertmessage_owes", "owes"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    rule: str
    channel: str
    card: dict[str, Any] = Field(sa_type=JSON)
    marks: dict[str, str] = Field(sa_type=JSON)
    version: int = 0
    owes: str | None = None


class SlackName(SQLModel, table=True):
    """What people call a Slack user, so that one can be named without being pinged."""

    slack_user: str = Field(primary_key=True)
    name: str
    at: At


class OwnerLink(SQLModel, table=True):
    """Which Slack user an owner in the data is: `name` is an e-mail address or a name, in small
    letters. `said_by` is who corrected it, null where it was found by the address; an empty
    `slack_user` is nobody.
    """

    name: str = Field(primary_key=True)
    slack_user: str
    said_by: str | None = None
    at: At


class DigestPlan(SQLModel, table=True):
    """A digest that a person made in Slack, beside those of leadline.toml.

    `plan` is `bot.digests.plan.Digest` as JSON; its id is "own:" and this row's. `skips` is the
    period that is left out, once.
    """

    __table_args__ = (Index("ix_digestplan_owner", "owner", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    channel: str
    plan: dict[str, Any] = Field(sa_type=JSON)
    created_at: At
    changed_at: At
    paused_at: MaybeAt = None
    skips: str | None = None
    ended_at: MaybeAt = None


class Audit(SQLModel, table=True):
    """A change of what is said without being asked: who did what to which rule or digest, when.

    `what` is "rule own:3", "digest own:7", "owner ann@x.example" or "reminders U0ADA"; before and
    after are its JSON, null where it was not. A `Deed` is of its rule, with its note.
    """

    __table_args__ = (Index("ix_audit_what", "what", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: At
    who: str
    what: str
    action: str
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class MethodPace(SQLModel, table=True):
    """How fast a method of Slack may be called by all of us together.

    `rate` is in calls a second, as it was at `changed_at`; it rises from then on. No call is made
    before `next_at`, nor before `paused_until`, which is what Slack asked for.
    """

    name: str = Field(primary_key=True)
    rate: float
    changed_at: At
    next_at: At
    paused_until: MaybeAt = None


class Heartbeat(SQLModel, table=True):
    """When something last ran to its end, for those who watch from another process."""

    name: str = Field(primary_key=True)
    at: At
