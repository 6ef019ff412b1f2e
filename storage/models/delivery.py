"""What is to be said and when: the outbox, the runs of schedules, the episodes of rules."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.models._base import At, MaybeAt


class Outbox(SQLModel, table=True):
    """A message to be posted once; `key` says which, and a second one with it is refused.

    state: pending, sending (claimed), unsure (Slack may have it), sent, failed, or doubt (nobody
    can tell whether Slack has it; not sent again). `token` is the key that stands in the message's
    metadata; everyone in the workspace can read that, so it tells nothing. `claim` counts the
    claims: who finishes must still hold the last one. `topics` are what the message speaks of.
    """

    __table_args__ = (
        Index("uq_outbox_key", "key", unique=True),
        Index("ix_outbox_state", "state", "channel", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    token: str
    channel: str
    text: str
    blocks: list[dict[str, Any]] = Field(sa_type=JSON)
    topics: list[str] = Field(sa_type=JSON)
    created_at: At
    state: str = "pending"
    not_before: MaybeAt = None
    attempts: int = 0
    claim: int = 0
    claimed_by: str | None = None
    claimed_at: MaybeAt = None
    sent_at: MaybeAt = None
    ts: str | None = None
    error: str | None = None


class ScheduledRun(SQLModel, table=True):
    """A period of a schedule that is over and done with; one row a period, on every machine.

    `period` is the local wall time that was meant. outcome: sent (into the outbox), missed (found
    too late) or seen (when the plan was first seen; nothing before it is owed). `skipped` counts
    earlier periods that this one stands for. `plan` is the cron expression and the zone.
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


class Episode(SQLModel, table=True):
    """Where a rule stands. The newest one of a rule is open; the older ones have ended.

    `phase` and `data` are those of `storage/watch.py`; `streak` counts the evaluations in a row
    that speak for leaving a pending or recovering phase; `blinded` how often the data went bad.
    An episode begins to exist when the one before it ends, and is begun at `begun_at`.
    """

    __table_args__ = (Index("uq_episode_number", "rule", "number", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    rule: str
    number: int
    phase: str = "normal"
    data: str = "ok"
    streak: int = 0
    blinded: int = 0
    value: float | None = None
    fired_value: float | None = None
    evaluated_at: At
    begun_at: MaybeAt = None
    fired_at: MaybeAt = None
    ended_at: MaybeAt = None


class OwnRule(SQLModel, table=True):
    """A rule that a person made in Slack, beside those of leadline.toml.

    `channel` is told of it; a person's id there is the conversation with that person. `fires_when`
    and `clears_when` are thresholds as they are written, such as "above 40"; `title` what it is
    called. One that is given up has `ended_at` and is evaluated no more.
    """

    __table_args__ = (Index("ix_ownrule_owner", "owner", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    channel: str
    ask: str
    fires_when: str
    clears_when: str = ""
    title: str = ""
    created_at: At
    ended_at: MaybeAt = None


class Heartbeat(SQLModel, table=True):
    """When something last ran to its end, for those who watch from another process."""

    name: str = Field(primary_key=True)
    at: At
