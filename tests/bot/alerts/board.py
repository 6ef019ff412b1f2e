"""A command whose table, and its total, are what the test says they were at each instant."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.alerts.rule import Rule
from commands import Answer, Basis, Column, Command, Reading, Sentence, SourceAge, Table
from tests.bot.clockwork import NOON, Office

BERLIN = ZoneInfo("Europe/Berlin")
TOTAL = Rule("total", "board", "C1", "above 40", "below 34")
EACH = Rule("each", "board", "C1", "above 40", "below 34", each=True)


class Board:
    """`rows_at(now)` gives (key, label, figure, money) of each row, `total_at(now)` the total."""

    def __init__(self, rows_at=lambda now: [], total_at=lambda now: 30.0):
        self.rows_at, self.total_at = rows_at, total_at
        self.name, self.asked = "board", []
        self.n, self.unit, self.is_fleeting, self.history_from = 9, "d", False, None
        self.is_stale, self.takes = False, lambda: None
        self.topics = ("supply", "supply", "revenue")

    def answer(self, session, ask, words):
        self.asked.append(ask.now)
        self.takes()
        rows = self.rows_at(ask.now)
        name, days, money = self.topics
        columns = (
            Column("Supplier", name), Column("Days", days, self.unit, "lead-time"),
            Column("Value", money, "EUR", "lead-time"),
        )  # fmt: skip
        ages = (SourceAge("odoo:erp", timedelta(minutes=4), self.is_stale),)
        start = ask.now - timedelta(days=90)
        return Answer(
            title="Board",
            summary=Sentence("**All** of it.", (name,)),
            basis=(
                Basis("lead-time", 1, start, ask.now, self.n, 1, ask.now, ages,
                      history_from=self.history_from),
            ),
            readings=(
                Reading("median", self.total_at(ask.now), self.unit, days, "lead-time"),
                Reading("9 in 10", 70.0, self.unit, days, "lead-time"),
            ),
            table=Table(
                columns, tuple(row[1:] for row in rows), total=len(rows),
                keys=tuple(row[0] for row in rows), is_fleeting=self.is_fleeting,
            ) if rows else None,
            is_list=self.is_fleeting,
        )  # fmt: skip

    def command(self):
        return Command(self.name, "", self.name, (self.name,), ("supply",), self.answer)


def office(tmp_path, board):
    """An office whose one question is the board's; to be closed."""
    return Office(f"sqlite:///{tmp_path / 'board.db'}", board)


def days_ago(now, back=NOON):
    """How many days before noon of the clockwork an instant is."""
    return (back - now) / timedelta(days=1)
