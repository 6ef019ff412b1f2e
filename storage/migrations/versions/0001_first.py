"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("vat", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("segment", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("annual_revenue", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_account_source", "account", ["source", "source_id"], unique=True)
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_activity_account", "activity", ["source", "account_ref"], unique=False)
    op.create_index("uq_activity_source", "activity", ["source", "source_id"], unique=True)
    op.create_table(
        "bomline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=False),
        sa.Column("component_ref", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_bomline_source", "bomline", ["source", "source_id"], unique=True)
    op.create_table(
        "consumption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("make_ref", sa.String(), nullable=False),
        sa.Column("item_ref", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("consumed_at", sa.BigInteger(), nullable=False),
        sa.Column("consumed_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_consumption_source", "consumption", ["source", "source_id"], unique=True)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("may_contact", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_contact_source", "contact", ["source", "source_id"], unique=True)
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("starts_on", sa.String(length=10), nullable=True),
        sa.Column("ends_on", sa.String(length=10), nullable=True),
        sa.Column("renewal_on", sa.String(length=10), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("auto_renew", sa.Boolean(), nullable=True),
        sa.Column("mrr", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("churned_at", sa.BigInteger(), nullable=True),
        sa.Column("churned_on", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contract_account", "contract", ["source", "account_ref"], unique=False)
    op.create_index("uq_contract_source", "contract", ["source", "source_id"], unique=True)
    op.create_table(
        "episode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("blinded", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("fired_value", sa.Float(), nullable=True),
        sa.Column("evaluated_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_episode_number", "episode", ["rule", "number"], unique=True)
    op.create_table(
        "fieldchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=True),
        sa.Column("new", sa.String(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_fieldchange_row",
        "fieldchange",
        ["entity", "source", "source_id", "field", "seen_at"],
        unique=False,
    )
    op.create_table(
        "fxrate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rate_on", sa.String(length=10), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_fxrate_source", "fxrate", ["source", "source_id"], unique=True)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("party_ref", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("paid_on", sa.String(length=10), nullable=True),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_invoice_source", "invoice", ["source", "source_id"], unique=True)
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("uom", sa.String(), nullable=True),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("is_service", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_item_source", "item", ["source", "source_id"], unique=True)
    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("tz", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_location_source", "location", ["source", "source_id"], unique=True)
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_lot_source", "lot", ["source", "source_id"], unique=True)
    op.create_table(
        "makeorder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("item_ref", sa.String(), nullable=True),
        sa.Column("location_ref", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("done_qty", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("released_on", sa.String(length=10), nullable=True),
        sa.Column("planned_start_on", sa.String(length=10), nullable=True),
        sa.Column("planned_finish_on", sa.String(length=10), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("started_on", sa.String(length=10), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_on", sa.String(length=10), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_makeorder_source", "makeorder", ["source", "source_id"], unique=True)
    op.create_table(
        "opportunity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("closes_on", sa.String(length=10), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=True),
        sa.Column("is_won", sa.Boolean(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_opportunity_source", "opportunity", ["source", "source_id"], unique=True)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "channel", "id"], unique=False)
    op.create_index("uq_outbox_key", "outbox", ["key"], unique=True)
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("vat", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("parent_ref", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_party_source", "party", ["source", "source_id"], unique=True)
    op.create_table(
        "partylink",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_source", sa.String(), nullable=False),
        sa.Column("party_ref", sa.String(), nullable=False),
        sa.Column("account_source", sa.String(), nullable=False),
        sa.Column("account_ref", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("is_rejected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_partylink_pair",
        "partylink",
        ["party_source", "party_ref", "account_source", "account_ref"],
        unique=True,
    )
    op.create_table(
        "peg",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("demand_ref", sa.String(), nullable=False),
        sa.Column("supply_ref", sa.String(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_peg_source", "peg", ["source", "source_id"], unique=True)
    op.create_table(
        "purchaseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("order_ref", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=True),
        sa.Column("location_ref", sa.String(), nullable=True),
        sa.Column("shipment_ref", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("uom", sa.String(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("requested_on", sa.String(length=10), nullable=True),
        sa.Column("promised_first", sa.String(length=10), nullable=True),
        sa.Column("promised_on", sa.String(length=10), nullable=True),
        sa.Column("planned_on", sa.String(length=10), nullable=True),
        sa.Column("is_manual_date", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_on", sa.String(length=10), nullable=True),
        sa.Column("cancelled_qty", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_purchaseline_order", "purchaseline", ["source", "order_ref"], unique=False)
    op.create_index("uq_purchaseline_source", "purchaseline", ["source", "source_id"], unique=True)
    op.create_table(
        "purchaseorder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("supplier_ref", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("ordered_at", sa.BigInteger(), nullable=True),
        sa.Column("ordered_on", sa.String(length=10), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_on", sa.String(length=10), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_on", sa.String(length=10), nullable=True),
        sa.Column("shipped_at", sa.BigInteger(), nullable=True),
        sa.Column("shipped_on", sa.String(length=10), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_on", sa.String(length=10), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("buyer", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_purchaseorder_ordered", "purchaseorder", ["ordered_at"], unique=False)
    op.create_index(
        "ix_purchaseorder_supplier", "purchaseorder", ["source", "supplier_ref"], unique=False
    )
    op.create_index(
        "uq_purchaseorder_source", "purchaseorder", ["source", "source_id"], unique=True
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_quarantine_row", "quarantine", ["source", "stream", "source_id"], unique=True
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("line_ref", sa.String(), nullable=True),
        sa.Column("order_ref", sa.String(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=True),
        sa.Column("location_ref", sa.String(), nullable=True),
        sa.Column("doc", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("available_at", sa.BigInteger(), nullable=True),
        sa.Column("available_on", sa.String(length=10), nullable=True),
        sa.Column("reversal_of", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_receipt_line", "receipt", ["source", "line_ref"], unique=False)
    op.create_index("ix_receipt_received", "receipt", ["received_at"], unique=False)
    op.create_index("uq_receipt_source", "receipt", ["source", "source_id"], unique=True)
    op.create_table(
        "salesline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("order_ref", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=True),
        sa.Column("location_ref", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("uom", sa.String(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("requested_on", sa.String(length=10), nullable=True),
        sa.Column("promised_first", sa.String(length=10), nullable=True),
        sa.Column("promised_on", sa.String(length=10), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_salesline_order", "salesline", ["source", "order_ref"], unique=False)
    op.create_index("uq_salesline_source", "salesline", ["source", "source_id"], unique=True)
    op.create_table(
        "salesorder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_ref", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("ordered_at", sa.BigInteger(), nullable=True),
        sa.Column("ordered_on", sa.String(length=10), nullable=True),
        sa.Column("requested_on", sa.String(length=10), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_on", sa.String(length=10), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_salesorder_customer", "salesorder", ["source", "customer_ref"], unique=False
    )
    op.create_index("ix_salesorder_ordered", "salesorder", ["ordered_at"], unique=False)
    op.create_index("uq_salesorder_source", "salesorder", ["source", "source_id"], unique=True)
    op.create_table(
        "scheduledrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_scheduledrun_due", "scheduledrun", ["schedule", "due_at"], unique=False)
    op.create_index("uq_scheduledrun_period", "scheduledrun", ["schedule", "period"], unique=True)
    op.create_table(
        "seenrequest",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_seenrequest_at", "seenrequest", ["seen_at"], unique=False)
    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("line_ref", sa.String(), nullable=True),
        sa.Column("order_ref", sa.String(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=True),
        sa.Column("location_ref", sa.String(), nullable=True),
        sa.Column("doc", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("shipped_at", sa.BigInteger(), nullable=False),
        sa.Column("shipped_on", sa.String(length=10), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_on", sa.String(length=10), nullable=True),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("tracking", sa.String(), nullable=True),
        sa.Column("reversal_of", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shipment_line", "shipment", ["source", "line_ref"], unique=False)
    op.create_index("uq_shipment_source", "shipment", ["source", "source_id"], unique=True)
    op.create_table(
        "stocklevel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=False),
        sa.Column("location_ref", sa.String(), nullable=True),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=True),
        sa.Column("on_order", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_stocklevel_source", "stocklevel", ["source", "source_id"], unique=True)
    op.create_table(
        "stockmove",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("item_ref", sa.String(), nullable=False),
        sa.Column("from_ref", sa.String(), nullable=True),
        sa.Column("to_ref", sa.String(), nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.Column("moved_on", sa.String(length=10), nullable=False),
        sa.Column("doc", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stockmove_item", "stockmove", ["source", "item_ref"], unique=False)
    op.create_index("uq_stockmove_source", "stockmove", ["source", "source_id"], unique=True)
    op.create_table(
        "surveyresponse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("scale", sa.Integer(), nullable=True),
        sa.Column("responded_at", sa.BigInteger(), nullable=False),
        sa.Column("responded_on", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_surveyresponse_source", "surveyresponse", ["source", "source_id"], unique=True
    )
    op.create_table(
        "syncrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "syncstate",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("tables", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("last_try_at", sa.BigInteger(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("high_at", sa.BigInteger(), nullable=True),
        sa.Column("swept_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_epoch", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("source", "stream"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.String(length=10), nullable=False),
        sa.Column("first_response_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ticket_account", "ticket", ["source", "account_ref"], unique=False)
    op.create_index("uq_ticket_source", "ticket", ["source", "source_id"], unique=True)
    op.create_table(
        "trackingevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_on", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_trackingevent_source", "trackingevent", ["source", "source_id"], unique=True
    )
    op.create_table(
        "usageday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("account_ref", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("used_on", sa.String(length=10), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_usageday_source", "usageday", ["source", "source_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_usageday_source", table_name="usageday")
    op.drop_table("usageday")
    op.drop_index("uq_trackingevent_source", table_name="trackingevent")
    op.drop_table("trackingevent")
    op.drop_index("uq_ticket_source", table_name="ticket")
    op.drop_index("ix_ticket_account", table_name="ticket")
    op.drop_table("ticket")
    op.drop_table("syncstate")
    op.drop_table("syncrun")
    op.drop_index("uq_surveyresponse_source", table_name="surveyresponse")
    op.drop_table("surveyresponse")
    op.drop_index("uq_stockmove_source", table_name="stockmove")
    op.drop_index("ix_stockmove_item", table_name="stockmove")
    op.drop_table("stockmove")
    op.drop_index("uq_stocklevel_source", table_name="stocklevel")
    op.drop_table("stocklevel")
    op.drop_index("uq_shipment_source", table_name="shipment")
    op.drop_index("ix_shipment_line", table_name="shipment")
    op.drop_table("shipment")
    op.drop_index("ix_seenrequest_at", table_name="seenrequest")
    op.drop_table("seenrequest")
    op.drop_index("uq_scheduledrun_period", table_name="scheduledrun")
    op.drop_index("ix_scheduledrun_due", table_name="scheduledrun")
    op.drop_table("scheduledrun")
    op.drop_index("uq_salesorder_source", table_name="salesorder")
    op.drop_index("ix_salesorder_ordered", table_name="salesorder")
    op.drop_index("ix_salesorder_customer", table_name="salesorder")
    op.drop_table("salesorder")
    op.drop_index("uq_salesline_source", table_name="salesline")
    op.drop_index("ix_salesline_order", table_name="salesline")
    op.drop_table("salesline")
    op.drop_index("uq_receipt_source", table_name="receipt")
    op.drop_index("ix_receipt_received", table_name="receipt")
    op.drop_index("ix_receipt_line", table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("uq_quarantine_row", table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_index("uq_purchaseorder_source", table_name="purchaseorder")
    op.drop_index("ix_purchaseorder_supplier", table_name="purchaseorder")
    op.drop_index("ix_purchaseorder_ordered", table_name="purchaseorder")
    op.drop_table("purchaseorder")
    op.drop_index("uq_purchaseline_source", table_name="purchaseline")
    op.drop_index("ix_purchaseline_order", table_name="purchaseline")
    op.drop_table("purchaseline")
    op.drop_index("uq_peg_source", table_name="peg")
    op.drop_table("peg")
    op.drop_index("uq_partylink_pair", table_name="partylink")
    op.drop_table("partylink")
    op.drop_index("uq_party_source", table_name="party")
    op.drop_table("party")
    op.drop_index("uq_outbox_key", table_name="outbox")
    op.drop_index("ix_outbox_state", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("uq_opportunity_source", table_name="opportunity")
    op.drop_table("opportunity")
    op.drop_index("uq_makeorder_source", table_name="makeorder")
    op.drop_table("makeorder")
    op.drop_index("uq_lot_source", table_name="lot")
    op.drop_table("lot")
    op.drop_index("uq_location_source", table_name="location")
    op.drop_table("location")
    op.drop_index("uq_item_source", table_name="item")
    op.drop_table("item")
    op.drop_index("uq_invoice_source", table_name="invoice")
    op.drop_table("invoice")
    op.drop_table("heartbeat")
    op.drop_index("uq_fxrate_source", table_name="fxrate")
    op.drop_table("fxrate")
    op.drop_index("ix_fieldchange_row", table_name="fieldchange")
    op.drop_table("fieldchange")
    op.drop_index("uq_episode_number", table_name="episode")
    op.drop_table("episode")
    op.drop_index("uq_contract_source", table_name="contract")
    op.drop_index("ix_contract_account", table_name="contract")
    op.drop_table("contract")
    op.drop_index("uq_contact_source", table_name="contact")
    op.drop_table("contact")
    op.drop_index("uq_consumption_source", table_name="consumption")
    op.drop_table("consumption")
    op.drop_index("uq_bomline_source", table_name="bomline")
    op.drop_table("bomline")
    op.drop_index("uq_activity_source", table_name="activity")
    op.drop_index("ix_activity_account", table_name="activity")
    op.drop_table("activity")
    op.drop_index("uq_account_source", table_name="account")
    op.drop_table("account")
