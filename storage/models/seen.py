"""Requests that were taken, so that none is taken twice."""

from sqlmodel import Field, Index, SQLModel

from storage.models._base import At


class SeenRequest(SQLModel, table=True):
    """A request from Slack by its own name: a trigger, an envelope, or a signature."""

    __table_args__ = (Index("ix_seenrequest_at", "seen_at"),)
    key: str = Field(primary_key=True)
    seen_at: At
