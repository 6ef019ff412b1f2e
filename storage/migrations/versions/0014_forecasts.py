"""Fitted models."""

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant, LocalDate

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "forecastfit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fitted_at", Instant(), nullable=False),
        sa.Column("starts_on", LocalDate(), nullable=False),
        sa.Column("ends_on", LocalDate(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("params", sa.String(), nullable=False),
        sa.Column("backtest", sa.JSON(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
    )
    op.create_index("ix_forecastfit_model", "forecastfit", ["model", "fitted_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
