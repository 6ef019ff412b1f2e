"""Bookkeeping of the store: syncs, promises ever seen, rejected rows, links."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.models._base import At, MaybeAt


class FieldChange(SQLModel, table=True):
    """A value that the source overwrites, kept as it was seen; old is null at first sight.

    Values are ISO text. `seen_at` is when we saw it: before the first `seen_at` of a row the
    field's past is unknown.
    """

    __table_args__ = (
        Index("ix_fieldchange_row", "entity", "source", "source_id", "field", "seen_at"),
        Index("ix_fieldchange_seen", "entity", "seen_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    entity: str
    source: str
    source_id: str
    field: str
    old: str | None = None
    new: str | None = None
    seen_at: At


class PageChange(SQLModel, table=True):
    """Which rows of a table one page changed: `refs` is a JSON list of their ids at the source.

    Only of tables of which something is kept in memory (`storage/page_log.py`), and only the last
    pages; of some of these tables no ids. One without an entity says that any row of any table may
    have changed.
    """

    id: int | None = Field(default=None, primary_key=True)
    entity: str
    source: str
    refs: str


class SyncState(SQLModel, table=True):
    """Where a stream of a source stands; `cursor` is the source's own, versioned JSON.

    `tables` names the fact tables it writes, with commas. `swept_at` is when it was last looked
    for what the source no longer has; of a snapshot null until that was done for its last read.
    The stream "" stands for a source that never could be opened.
    """

    source: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    tables: str = ""
    cursor: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    due_at: MaybeAt = None
    last_try_at: MaybeAt = None
    last_success_at: MaybeAt = None
    high_at: MaybeAt = None
    swept_at: MaybeAt = None
    last_error: str | None = None
    failures: int = 0
    rows: int = 0
    lease_owner: str | None = None
    lease_epoch: int = 0
    lease_until: MaybeAt = None


class SyncRun(SQLModel, table=True):
    """One pull of one stream. outcome: running, ok, failed or abandoned."""

    id: int | None = Field(default=None, primary_key=True)
    source: str
    stream: str
    started_at: At
    ended_at: MaybeAt = None
    outcome: str = "running"
    pages: int = 0
    received: int = 0
    written: int = 0
    deleted: int = 0
    quarantined: int = 0
    error: str | None = None


class Quarantine(SQLModel, table=True):
    """A row that could not be believed, with the reason; a later good row releases it.

    So does the end of a read of all there is, if `is_seen` is still false: it is set to that when
    such a read begins.
    """

    __table_args__ = (Index("uq_quarantine_row", "source", "stream", "source_id", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    source: str
    stream: str
    source_id: str
    payload_hash: str
    error: str
    first_seen_at: At
    last_seen_at: At
    count: int = 1
    is_seen: bool = True


class PartyLink(SQLModel, table=True):
    """An ERP customer and a CRM account that are the same; a person's decision stands."""

    __table_args__ = (
        Index(
            "uq_partylink_pair",
            "party_source", "party_ref", "account_source", "account_ref",
            unique=True,
        ),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    party_source: str
    party_ref: str
    account_source: str
    account_ref: str
    method: str
    confidence: float
    decided_by: str | None = None
    decided_at: MaybeAt = None
    is_rejected: bool = False
