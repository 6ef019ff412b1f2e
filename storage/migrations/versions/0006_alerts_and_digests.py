"""Alerts of many entities with one message an episode, digests made in Slack, who did what."""

import json
import re

import sqlalchemy as sa
from alembic import op

from storage.models._types import Instant

revision = "0006"
down_revision = "0005"

WRITTEN = re.compile(r"(\D*[\d.]*(?: ?%)?) ?(.*)")


def upgrade() -> None:
    _make_tables()
    _move_rules()
    _move_episodes()
    op.add_column("outbox", sa.Column("kind", sa.String(), nullable=False, server_default="post"))
    op.add_column("outbox", sa.Column("parent", sa.String(), nullable=True))
    for name in ("is_broadcast", "must_arrive"):
        flag = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column("outbox", flag)
    op.create_index("ix_outbox_parent", "outbox", ["parent"])
    op.add_column("scheduledrun", sa.Column("said", sa.String(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the copy that was made before the upgrade")


def _make_tables() -> None:
    op.create_table(
        "rulestate",
        sa.Column("rule", sa.String(), primary_key=True),
        _at("evaluated_at"),
        _text("data"),
        _number("blinded"),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("members", sa.JSON(), nullable=True),
    )
    op.create_table(
        "alertrule", _id(), _text("owner"), _text("channel"), _json("rule"), _at("created_at"),
        _at("changed_at"), _maybe_at("ended_at"),
    )  # fmt: skip
    op.create_index("ix_alertrule_owner", "alertrule", ["owner", "ended_at"])
    op.create_table(
        "silence", _id(), _text("rule"), _text("entity"), _text("label"), _text("owner"),
        _text("reason"), _at("begun_at"), _maybe_at("until"), _maybe_at("ended_at"),
    )  # fmt: skip
    op.create_index("ix_silence_ended_at", "silence", ["ended_at"])
    op.create_table(
        "deed", _id(), _text("message"), _text("entity"), _text("owner"), _text("what"),
        _text("note"), _at("at"),
    )  # fmt: skip
    op.create_index("ix_deed_message", "deed", ["message"])
    op.create_table(
        "ownerlink", sa.Column("name", sa.String(), primary_key=True), _text("slack_user"),
        sa.Column("said_by", sa.String(), nullable=True), _at("at"),
    )  # fmt: skip
    op.create_table(
        "digestplan", _id(), _text("owner"), _text("channel"), _json("plan"), _at("created_at"),
        _at("changed_at"), _maybe_at("paused_at"), sa.Column("skips", sa.String(), nullable=True),
        _maybe_at("ended_at"),
    )  # fmt: skip
    op.create_index("ix_digestplan_owner", "digestplan", ["owner", "ended_at"])
    op.create_table(
        "audit", _id(), _at("at"), _text("who"), _text("what"), _text("action"),
        sa.Column("before", sa.JSON(), nullable=True), sa.Column("after", sa.JSON(), nullable=True),
    )  # fmt: skip
    op.create_index("ix_audit_what", "audit", ["what", "at"])


def _move_rules() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT * FROM ownrule")).mappings().all():
        # a threshold was kept as it was told, "above 40 days"
        found = WRITTEN.match(row["fires_when"])
        when, unit = found.groups() if found else (row["fires_when"], "")
        rule = {
            "id": f"own:{row['id']}", "ask": row["ask"], "channel": row["channel"], "when": when,
            "clear": row["clears_when"], "title": row["title"], "unit": unit,
            "owner": row["owner"],
        }  # fmt: skip
        connection.execute(
            sa.text(
                "INSERT INTO alertrule (id, owner, channel, rule, created_at, changed_at, ended_at)"
                " VALUES (:id, :owner, :channel, :rule, :created_at, :created_at, :ended_at)"
            ),
            {**row, "rule": json.dumps(rule)},
        )
    op.drop_table("ownrule")
    if connection.dialect.name == "postgresql":
        # the ids were given, so the sequence does not know of them
        connection.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('alertrule', 'id'),"
                " coalesce((SELECT max(id) FROM alertrule), 0) + 1, false)"
            )
        )


def _move_episodes() -> None:
    """What stood for a rule at rest goes into its state; what was breached stays an episode."""
    op.execute(
        sa.text(
            "INSERT INTO rulestate (rule, evaluated_at, data, blinded)"
            " SELECT rule, evaluated_at, data, blinded FROM episode AS one WHERE number ="
            " (SELECT max(number) FROM episode AS other WHERE other.rule = one.rule)"
        )
    )
    op.execute(sa.text("ALTER TABLE episode RENAME TO episode_before"))
    op.drop_index("uq_episode_number", "episode_before")
    op.create_table(
        "episode", _id(), _text("rule"), _text("entity"), _text("label"), _number("number"),
        _text("phase"), _text("data"), _number("streak"), _figure("value"), _figure("worst"),
        _figure("fired_value"), _figure("told_value"), _at("evaluated_at"), _at("begun_at"),
        _maybe_at("fired_at"), _maybe_at("told_at"), _maybe_at("ended_at"),
        sa.Column("message", sa.String(), nullable=True), _maybe_at("acked_at"),
        sa.Column("acked_by", sa.String(), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True), _maybe_at("snoozed_until"),
        sa.Column("is_snoozed_out", sa.Boolean(), nullable=False),
    )  # fmt: skip
    op.create_index("uq_episode_number", "episode", ["rule", "entity", "number"], unique=True)
    op.create_index("ix_episode_open", "episode", ["rule", "ended_at"])
    op.create_index("ix_episode_message", "episode", ["message"])
    op.execute(
        sa.text(
            "INSERT INTO episode (rule, entity, label, number, phase, data, streak, value, worst,"
            " fired_value, told_value, evaluated_at, begun_at, fired_at, told_at, ended_at,"
            " message, is_snoozed_out)"
            " SELECT rule, '', '', number, phase, 'ok', streak, value, value, fired_value, value,"
            " evaluated_at, begun_at, fired_at, fired_at, ended_at,"
            " CASE WHEN fired_at IS NULL THEN NULL"
            " ELSE 'alert:' || rule || ':' || number || ':fired:' || blinded END, false"
            " FROM episode_before WHERE begun_at IS NOT NULL"
        )
    )
    op.drop_table("episode_before")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _figure(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=True)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, Instant(), nullable=False)


def _maybe_at(name: str) -> sa.Column[object]:
    return sa.Column(name, Instant(), nullable=True)
