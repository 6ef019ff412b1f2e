"""Where customers and accounts are, by which those of other names can be found to be one."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for table in ("party", "account"):
        op.add_column(table, sa.Column("address", sa.String(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
