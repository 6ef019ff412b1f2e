"""How the message of an alert looks, whatever its episodes are."""

from dataclasses import replace as changed
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.card import (
    MARKS,
    ON,
    TOP,
    Acts,
    Card,
    Touch,
    amount,
    drawn,
    seen,
    state,
    topics,
    worst_first,
)
from commands import Grant
from storage.models import Episode
from tests.bot.alerts.stage import BERLIN
from tests.bot.clockwork import NOON
from tests.bot.slack_judge import judge_message

CARD = Card(
    rule="steel", title="Steel slows down", of="Lead time, median", unit="d", when="above 40 days",
    clear="below 34 days", is_upper=True, line="lead-time by supplier", basis="lead-time@1 · n = 9",
    topics=("supply",),
)  # fmt: skip
NAMES = {"U1": "Ada", "U2": "Noor"}


def episode(number=1, **more):
    made = {
        "id": number, "rule": "steel", "entity": f"s{number}", "label": f"Supplier {number}",
        "number": 1, "phase": "firing", "data": "ok", "value": 43.0, "worst": 43.0,
        "fired_value": 43.0, "evaluated_at": NOON, "begun_at": NOON, "fired_at": NOON,
    } | more  # fmt: skip
    return Episode(**made)


def shown(card, episodes, acts=Acts(names=NAMES), **more):  # noqa: B008 - it is frozen
    text, blocks = drawn(card, episodes, acts, 7, NOON + timedelta(hours=3), BERLIN, **more)
    judge_message(blocks, text)
    texts = [
        one["text"] for block in blocks if block["type"] != "actions"
        for one in ([block["text"]] if "text" in block else block["elements"])
    ]  # fmt: skip
    buttons = [one["text"]["text"] for one in blocks[-1]["elements"]]
    return "\n".join(texts), buttons


OVER = {"phase": "normal", "ended_at": NOON + timedelta(hours=1)}
ACKED = {"acked_at": NOON, "acked_by": "U1"}


@pytest.mark.parametrize(
    ("stands", "why", "word"),
    [([{}], "", "firing"), ([ACKED], "", "acknowledged"), ([ACKED, {}], "", "firing"),
     ([{"phase": "recovering"}], "", "recovering"), ([{"phase": "recovering"}, {}], "", "firing"),
     ([OVER], "", "over"), ([OVER, {}], "", "firing"), ([OVER], "old", "over"),
     ([{}], "old", "untold"), ([{"data": "no-data"}], "", "untold"),
     ([{"data": "no-data"}, {}], "", "firing")],
)  # fmt: skip
def test_how_all_of_it_stands_is_one_word(stands, why, word):
    episodes = [episode(at, **one) for at, one in enumerate(stands)]
    card = msgspec.structs.replace(CARD, why=why)
    assert state(card, episodes) == word
    assert MARKS[word] in shown(card, episodes)[0]


def test_it_says_by_whom_it_was_acknowledged_and_names_nobody_it_does_not_know():
    assert "🟠 *Acknowledged* by Ada" in shown(CARD, [episode(**ACKED)])[0]
    assert "by someone" in shown(CARD, [episode(**{**ACKED, "acked_by": "U9"})])[0]
    assert "U9" not in shown(CARD, [episode(**{**ACKED, "acked_by": "U9"})])[0]


def test_the_grey_line_has_rule_owner_severity_runbook_and_basis():
    card = msgspec.structs.replace(
        CARD, owner="U2", severity="critical", runbook="https://wiki.example/steel?a=1&b=2"
    )
    assert (
        "rule _Steel slows down_ by Noor · critical"
        " · <https://wiki.example/steel?a=1&amp;b=2|Runbook> · lead-time@1 · n = 9"
    ) in shown(card, [episode()])[0]


@pytest.mark.parametrize(
    "runbook", ["javascript:alert(1)", "https://a.example|x> <!channel>", "call <@U1>"]
)
def test_a_runbook_that_is_no_link_is_only_text(runbook):
    text, _ = shown(msgspec.structs.replace(CARD, runbook=runbook), [episode()])
    assert "|Runbook>" not in text
    assert "<!channel>" not in text
    assert "<@U1>" not in text


def test_names_from_outside_can_mean_nothing():
    card = msgspec.structs.replace(CARD, title="<!here> *x*", words={"s1": "**9** <@U1>"})
    text, _ = shown(card, [episode(label="<!channel> _a_")])
    assert "<!" not in text
    assert "<@" not in text


def test_only_whom_it_mentions_is_pinged():
    assert "For <@U1>, <@U2>" in shown(CARD, [episode()], mentions=("U1", "U2"))[0]
    assert "<@" not in shown(CARD, [episode()])[0]


BUTTONS = [
    ({}, False, ["Acknowledge", "Assign", "Snooze", "Mute", "Who is affected?", "Show"]),
    ({}, True, ["Acknowledge", "Snooze", "Mute", "Who is affected?", "Show"]),
    (ACKED, False, ["What did you do?", "Assign", "Snooze", "Mute", "Who is affected?", "Show"]),
    (OVER, False, ["Who is affected?", "Show"]),
    ({**OVER, **ACKED}, False, ["What did you do?", "Who is affected?", "Show"]),
]


@pytest.mark.parametrize(("stands", "is_direct", "labels"), BUTTONS)
def test_the_buttons_are_what_can_be_done_now(stands, is_direct, labels):
    assert shown(CARD, [episode(**stands)], is_direct=is_direct)[1] == labels


def test_buttons_carry_the_number_of_the_message_and_the_rules_line():
    _, blocks = drawn(CARD, [episode()], Acts(), 7, NOON, BERLIN)
    values = {one["text"]["text"]: one["value"] for one in blocks[-1]["elements"]}
    assert values.pop("Show") == "lead-time by supplier"
    assert set(values.values()) == {"7"}
    assert [one.get("style") for one in blocks[-1]["elements"]][:2] == ["primary", None]


def test_what_touches_is_left_out_where_it_may_not_be_seen():
    card = msgspec.structs.replace(
        CARD,
        touches=(Touch("Who waits.", ("customers",)), Touch("What it is worth.", ("revenue",))),
    )
    assert topics(card) == ("customers", "revenue", "supply")
    fewer = seen(card, Grant({"supply": "full", "revenue": "full"}))
    assert topics(fewer) == ("revenue", "supply")
    text, _ = shown(fewer, [episode()])
    assert "Who waits" not in text
    assert "What it is worth" in text


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [("new", {}, "Supplier 1: *new*"), ("unusual", {"s1": "41, 30 before"}, "*41, 30 before*"),
     ("change", {"s1": "60, 40 before (+50 %)"}, "*60, 40 before (+50\u00a0%)*")],
)  # fmt: skip
def test_where_a_value_alone_tells_too_little_its_words_do(kind, words, told):
    card = msgspec.structs.replace(CARD, kind=kind, words=words, when="", clear="")
    text, _ = shown(card, [episode(value=1.0, fired_value=1.0)])
    assert told in text
    assert "when it fired" not in text
    assert "clears" not in text


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(43.0, "d", "43 days"), (0.125, "share", "12.5 %"), (1234.5, "EUR", "1,234.5 EUR"),
     (None, "d", "n/a"), (3.0, "", "3"), (1.0, "d", "1 day"), (1 / 3, "share", "33.33 %"),
     (-0.25, "share", "-25 %"), (100.0, "d", "100 days")],
)  # fmt: skip
def test_a_figure_reads_as_a_person_says_it(value, unit, told):
    assert amount(value, unit) == told


PHASES = st.sampled_from(["firing", "recovering", "normal"])
EPISODES = st.lists(
    st.tuples(PHASES, st.one_of(st.none(), st.floats(-1e6, 1e6)), st.sampled_from(["ok", "stale"])),
    min_size=1, max_size=60,
)  # fmt: skip


@pytest.mark.slow
@given(EPISODES, st.booleans(), st.text(max_size=200))
def test_any_group_is_taken_by_slack_and_shows_the_worst_first(stands, is_upper, label):
    card = msgspec.structs.replace(CARD, is_upper=is_upper)
    episodes = [
        episode(at, phase=phase, value=value, data=data, label=label,
                ended_at=NOON if phase == "normal" else None)
        for at, (phase, value, data) in enumerate(stands)
    ]  # fmt: skip
    _, buttons = shown(card, episodes)
    more = len(episodes) - TOP
    assert (f"{more} more" in buttons) == (more > 0)
    ranked = worst_first(card, episodes)
    on = [one.phase in ON for one in ranked]
    assert on == sorted(on, reverse=True)
    values = [one.value for one in ranked if one.phase in ON and one.value is not None]
    assert values == sorted(values, reverse=is_upper)
    assert sorted(one.id for one in ranked) == [one.id for one in episodes]


def test_an_act_is_shown_without_a_mention():
    acts = changed(Acts(names=NAMES), done=("Assigned to Noor by Ada.",))
    assert "Assigned to Noor by Ada." in shown(CARD, [episode()], acts)[0]


@pytest.mark.parametrize(
    ("of", "told"),
    [({}, "above 40 days; was 31 days, 52 days at worst."),
     ({"phase": "recovering", "value": 33.0}, "below 34 days; was 31 days, 52 days at worst."),
     # what is over has only what it was itself
     (OVER | {"value": 33.0}, "below 34 days; 43 days when it fired, 52 days at worst."),
     # of rows it is not known
     ({"entity": "s1"}, "above 40 days; 43 days when it fired, 52 days at worst.")],
)  # fmt: skip
def test_what_it_was_in_the_window_before_stands_in_place_of_what_fired(of, told):
    card = msgspec.structs.replace(CARD, before=31.0)
    text, _ = shown(card, [episode(**{"entity": "", "value": 47.0, "worst": 52.0} | of)])
    assert text.split("\n")[0].endswith(told)


ROWS = msgspec.structs.replace(
    CARD, of="Suppliers", column="overdue", unit="", when="at least 1", clear="below 1"
)


def test_a_row_is_told_with_its_figure_and_many_by_how_many_they_are():
    one = episode(label="Borealis Steel", value=11.0, fired_value=11.0, worst=11.0)
    text, _ = shown(ROWS, [one])
    assert "· Borealis Steel, overdue: *11*, at least 1." in text
    text, _ = shown(ROWS, [one, episode(2, value=2.0, fired_value=2.0, worst=2.0)])
    assert "· Suppliers, overdue at least 1: *2*." in text
    assert "• *Borealis Steel*: 11\n• *Supplier 2*: 2" in text


def test_it_is_not_said_how_long_it_lasts_before_that_is_a_minute():
    now = NOON + timedelta(seconds=59)
    assert ", for" not in str(drawn(CARD, [episode()], Acts(), 7, now, BERLIN))
    now += timedelta(seconds=1)
    assert ", for 1 min" in str(drawn(CARD, [episode()], Acts(), 7, now, BERLIN))


def test_a_share_is_told_without_digits_that_nobody_reads():
    assert amount(0.596296, "share") == "59.63 %"
