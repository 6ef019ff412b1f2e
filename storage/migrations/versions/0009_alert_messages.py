"""What the post of an alert was made of, and what people are called."""

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "alertmessage",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("uq_alertmessage_key", "alertmessage", ["key"], unique=True)
    op.create_table(
        "slackname",
        sa.Column("slack_user", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
