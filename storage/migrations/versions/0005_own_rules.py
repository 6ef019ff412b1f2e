"""Rules that people make in Slack."""

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "ownrule",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ask", sa.String(), nullable=False),
        sa.Column("fires_when", sa.String(), nullable=False),
        sa.Column("clears_when", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
    )
    op.create_index("ix_ownrule_owner", "ownrule", ["owner", "ended_at"])


def downgrade() -> None:
    op.drop_table("ownrule")
