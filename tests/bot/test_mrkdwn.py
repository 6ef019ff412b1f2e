"""No text from outside formats, mentions or links; ours is bold."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mrkdwn import TEXT, bold, coded, cut, escape, filled, moment, plain, section, spoken

MARKS = st.text(alphabet="*_~`<>!@#|&: ab1\n", max_size=60)
ANY = st.one_of(
    st.text(max_size=200),
    MARKS,
    st.sampled_from(["<!channel>", "<@U1>", "<#C1>", "<https://x.example|y>", "_a_", "~b~", "`c`"]),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ben & Söhne", "Ben &amp; Söhne"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("*bold* _it_ ~no~ `x`", "∗bold∗ ˍitˍ ∼no∼ ˋxˋ"),
        ("SKU_1001_A and __init__", "SKU_1001_A and ˍˍinitˍˍ"),
        ("> quoted", "› quoted"),
        ("12 % of them", "12\u00a0% of them"),
    ],
)
def test_what_comes_from_outside_is_shown_as_it_is(text, shown):
    assert plain(text) == shown


def test_our_own_words_are_bold_and_names_in_them_are_not():
    assert bold("**A*B takes 3 days**; _9_ in 10.") == "*A∗B takes 3 days*; ˍ9ˍ in 10."


def test_lines_of_commands_are_code_and_the_rest_is_not():
    assert coded("Try `lead-time <name>`, *now*") == "Try `lead-time &lt;name&gt;`, ∗now∗"


def test_what_is_read_aloud_has_no_signs():
    assert spoken("▲ **slower** by ● 3") == "slower by 3"


def test_an_instant_is_shown_in_the_zone_of_the_reader():
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert moment(at, "1 Mar | 12:00") == (
        "<!date^1772366400^{date_short_pretty} {time}|1 Mar ¦ 12:00>"
    )


def test_a_text_is_not_cut_within_a_mark():
    assert cut("a &amp; b", 6) == "a …"
    assert cut("as of <!date^17|x> now", 14) == "as of …"
    assert cut("a < b and more", 10) == "a < b and…"


def means_nothing(text):
    """As Slack reads it: a pair of marks at the edges of words, or anything in angle brackets."""
    pairs = [rf"(?<!\w){re.escape(mark)}\S" for mark in "*_~"]
    return not any(re.search(one, text) for one in [*pairs, "[<>`]"])


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(ANY)
def test_none_of_ten_thousand_texts_means_anything(text):
    assert means_nothing(plain(text))
    assert means_nothing(spoken(text))
    assert not set(coded(text)) & set("<>")
    assert not set(escape(text)) & set("<>")
    assert not re.search(r"<[!@#h]", bold(text))


@given(ANY)
def test_no_text_from_outside_means_anything(text):
    assert means_nothing(plain(text))
    inside = bold(f"**Who** is {text.replace('*', '')}?")
    assert inside.startswith("*Who* is ")
    assert means_nothing(inside.removeprefix("*Who*"))


@given(st.lists(st.integers(1, TEXT), max_size=6))
def test_lines_fill_few_texts_and_none_is_torn(lengths):
    lines = ["a" * length for length in lengths]
    made = filled(lines)
    assert "\n".join(made).split("\n") == (lines or [""])
    assert all(len(one) <= TEXT for one in made)
    assert all(len(a) + 1 + len(b.split("\n")[0]) > TEXT for a, b in pairwise(made))


@given(ANY)
def test_a_block_of_text_is_never_empty_or_too_long(text):
    shown = section(text * 100)["text"]
    assert shown["type"] == "mrkdwn"
    assert shown["verbatim"]
    assert 1 <= len(shown["text"]) <= TEXT
