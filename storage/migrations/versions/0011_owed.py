"""Of which alerts it is still to be told whom they touch."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("alertmessage", sa.Column("owes", sa.String(), nullable=True))
    op.create_index("ix_alertmessage_owes", "alertmessage", ["owes"])


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
