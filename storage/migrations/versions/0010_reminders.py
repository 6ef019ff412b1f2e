"""Who is reminded of notice deadlines, and how many days before."""

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("slack_user", sa.String(), primary_key=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
