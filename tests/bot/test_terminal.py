"""Answers on a terminal."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal import as_text, sparkline
from commands import Chart, FollowUp, Notice, Sentence, Series
from tests.bot.test_text import BERLIN, answer

LINE = Chart(
    "line", "Days", ("1 Jan", "1 Feb", "1 Mar", "1 Apr"),
    (Series("median", (None, 31.0, 40.0, 43.0)), Series("9 in 10", (None,) * 4)), "supply", "d",
)  # fmt: skip


def test_an_answer_is_its_sentences_its_table_and_what_can_be_asked_next():
    lines = as_text(answer(("Acme", 3.5)), BERLIN).splitlines()
    assert lines[0] == "It takes 3 days."
    assert "Supplier  Median (d)" in lines
    assert any(line.split() == ["Acme", "◀", "3.5"] for line in lines)
    assert "Few orders." in lines
    assert lines[-1] == "→ lead-time more"


def test_a_chart_is_a_line_of_blocks_with_its_first_and_last_value():
    lines = as_text(replace(answer(("Acme", 3.5)), chart=LINE), BERLIN).splitlines()
    assert " ".join(lines[1].split()) == "median ▁▅▇ 31 d (1 Feb) → 43 d (1 Apr)"
    assert lines[2].split() == ["9", "in", "10", "n/a"]


@pytest.mark.parametrize(
    ("values", "drawn"),
    [((1, 2, 3, 4, 5), "▁▂▃▅▇"), ((5, None, 1), "▇ ▁"), ((2, 2), "▃▃"), ((), ""), ((None,), "")],
)
def test_the_least_is_lowest_and_the_most_highest(values, drawn):
    assert sparkline(values) == drawn


def test_many_rows_are_cut_and_it_says_where_all_are():
    lines = as_text(answer(*((f"S{n}", 1.0) for n in range(80))), BERLIN).splitlines()
    assert "50 of 80 rows; --format csv prints all" in lines
    assert not any(line.startswith("S50") for line in lines)


def test_colours_are_only_where_they_can_be_shown(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    slow = replace(answer(("Acme", 3.5)), detail=(Sentence("▲ slower", ("supply",)),))
    assert "\x1b" not in as_text(slow, BERLIN)
    colored = as_text(slow, BERLIN, is_colored=True)
    assert "\x1b[31m▲" in colored
    assert "\x1b[1mIt takes 3 days" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in as_text(slow, BERLIN, is_colored=True)


def test_a_notice_is_its_text_and_its_choices():
    text = as_text(Notice("`x`", "Try `help`.", (FollowUp("Help", "help"),)), BERLIN)
    assert text.splitlines() == ["x", "Try help.", "→ help"]


@given(st.text(max_size=80))
def test_no_name_speaks_to_the_terminal(name):
    text = as_text(answer((f"\x1b[2J{name}\x07", 1.0)), BERLIN)
    assert "\x1b" not in text
    assert "\x07" not in text
