"""When a message is tried again, how often it was sent again, and how fast Slack is called."""

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("retry_at", Instant(), nullable=True))
    again = sa.Column("resent", sa.Integer(), nullable=False, server_default="0")
    op.add_column("outbox", again)
    op.create_index("ix_outbox_sent_at", "outbox", ["channel", "sent_at"])
    op.create_table(
        "methodpace",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("paused_until", Instant(), nullable=True),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
