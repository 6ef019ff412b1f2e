"""What was told of an alert and its data, and what quiet hours hold back."""

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("episode", sa.Column("tellings", sa.Integer, nullable=False, server_default="0"))
    op.add_column("episode", sa.Column("held", sa.String, nullable=True))
    op.execute(sa.text("UPDATE episode SET tellings = 1 WHERE told_at IS NOT NULL"))
    told = sa.Column("told_data", sa.String, nullable=False, server_default="ok")
    op.add_column("rulestate", told)
    op.add_column("rulestate", sa.Column("dropped_at", Instant(), nullable=True))
    holding = sa.Column("is_holding", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("rulestate", holding)
    op.execute(sa.text("UPDATE rulestate SET told_data = data"))


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
