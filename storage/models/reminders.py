"""Who is reminded of what, as each person chose."""

from sqlmodel import Field, SQLModel

from storage.models._base import At


class Reminder(SQLModel, table=True):
    """How many days before a notice deadline an account owner is reminded of it; 0 is never.

    It stands before what leadline.toml says for all.
    """

    slack_user: str = Field(primary_key=True)
    days: int
    changed_at: At
