"""Fitted models, and forecasts that were shown."""

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
    op.create_table(
        "forecastissued",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fit", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("issued_on", LocalDate(), nullable=False),
        sa.Column("by_on", LocalDate(), nullable=False),
        sa.Column("scored_at", Instant(), nullable=True),
        sa.Column("came_on", LocalDate(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=True),
    )
    op.create_index(
        "uq_forecastissued",
        "forecastissued",
        ["model", "subject", "share", "issued_on"],
        unique=True,
    )
    op.create_index("ix_forecastissued_open", "forecastissued", ["model", "scored_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")
