"""Days and times in words are read exactly, said back as they are meant, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.when import WhenError, cron_of, words_of

READ = (
    ("every Monday at 9", "0 9 * * 1"),
    ("Mondays 9:00", "0 9 * * 1"),
    ("on mon at 9 am", "0 9 * * 1"),
    ("at 9:15 every monday and thursday", "15 9 * * 1,4"),
    ("tue, thu and sat at 18.30", "30 18 * * 2,4,6"),
    ("Monday to Thursday at 2 pm", "0 14 * * 1-4"),
    ("weekdays 8:30", "30 8 * * 1-5"),
    ("8:30 on weekdays", "30 8 * * 1-5"),
    ("every weekday at noon", "0 12 * * 1-5"),
    ("weekends at 12 am", "0 0 * * 0,6"),
    ("daily at midnight", "0 0 * * *"),
    ("at 7", "0 7 * * *"),
    ("every day at 9, 13 and 17", "0 9,13,17 * * *"),
    ("first of the month 07:00", "0 7 1 * *"),
    ("on the 1st and 15th of the month at 6", "0 6 1,15 * *"),
    ("the 31st of each month at 6", "0 6 31 * *"),
    ("last day of the month at 17:00", "0 17 L * *"),
    ("last working day of the month at 17:00", "0 17 LW * *"),
    ("first Monday of the month at 9", "0 9 * * 1#1"),
    ("at 9 on the last friday of the month", "0 9 * * 5L"),
    ("first of the quarter at 8", "0 8 1 1,4,7,10 *"),
    ("every hour", "0 * * * *"),
    ("hourly on weekdays", "0 * * * 1-5"),
    ("every hour from 8 to 18 on weekdays", "0 8-18 * * 1-5"),
    ("weekdays every hour from 8:30 to 18:30", "30 8-18 * * 1-5"),
    ("every 2 hours", "0 */2 * * *"),
    ("every 3 hours from 6 to 18", "0 6-18/3 * * *"),
    ("0 9 * * 1", "0 9 * * 1"),
    ("*/30  8-18 * * MON-FRI", "*/30 8-18 * * MON-FRI"),
    ("0 9,15 1, 15 * *", "0 9,15 1,15 * *"),
)


@pytest.mark.parametrize(("words", "cron"), READ)
def test_words_mean_one_expression(words, cron):
    assert cron_of(words) == cron


@pytest.mark.parametrize(
    "words",
    [
        "", "soon", "every fortnight at 9", "every Monday", "every Monday at 25", "at 9:60",
        "every monday at 13 pm", "at 0 am", "monday at 9 and friday at 10", "9:00 and 10:30",
        "every 5 hours", "every 0 hours", "every hour from 18 to 8", "every hour from 8 to 18:30",
        "32nd of the month at 9", "sixth monday of the month at 9", "thursday to monday at 9",
        "first working day of the month at 9", "15th of the quarter at 9",
        "every other monday at 9",
        "0 0 31 2 *", "60 * * * *", "0 9 * *", "0 0 9 * * 1", "* * * * *", "*/5 9 * * *",
        "every day at ９", "every monday at 9 9", "monday tuesday at 9", "every day at nine",
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_with_what_to_write(words):
    with pytest.raises(WhenError) as refused:
        cron_of(words)
    assert str(refused.value)


def test_a_day_without_a_time_is_asked_for_its_time():
    with pytest.raises(WhenError, match="at what time"):
        cron_of("first of the month")


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * 1", "every Monday at 09:00"),
        ("30 8 * * 1-5", "weekdays at 08:30"),
        ("0 9,17 * * 0,6", "weekends at 09:00 and 17:00"),
        ("0 7 1 * *", "first of the month at 07:00"),
        ("0 6 1,15,22,23 * *", "1st, 15th, 22nd and 23rd of the month at 06:00"),
        ("0 17 LW * *", "last working day of the month at 17:00"),
        ("0 8-18 * * 1-5", "every hour from 08:00 to 18:00 on weekdays"),
        ("0 */2 * * *", "every 2 hours"),
        ("0 9 * * 1#1", "first Monday of the month at 09:00"),
        ("0 8 1 1,4,7,10 *", "first of the quarter at 08:00"),
    ],
)
def test_an_expression_is_said_as_people_say_it(cron, words):
    assert words_of(cron) == words


@pytest.mark.parametrize(
    "cron", ["*/30 9 * * *", "0 9 1 * 1", "0 9 * 3 *", "0 9 * * MON", "0 9-9 * * *"]
)
def test_what_has_no_words_stays_an_expression(cron):
    assert words_of(cron) == ""


hours = st.integers(0, 23)
minutes = st.integers(0, 59)


def joined(numbers):
    return ",".join(map(str, sorted(numbers)))


times = st.one_of(
    st.builds(lambda minute, some: f"{minute} {joined(some)}", minutes, st.sets(hours, min_size=1)),
    st.builds(
        lambda minute, ends: f"{minute} {min(ends)}-{max(ends)}",
        minutes, st.sets(hours, min_size=2, max_size=2),
    ),
    st.sampled_from(["0 *", "0 */2", "0 */6", "15 8-20/4"]),
)  # fmt: skip
days = st.one_of(
    st.sampled_from(["* * *", "* * 1-5", "* * 0,6", "L * *", "LW * *", "1 1,4,7,10 *"]),
    st.builds(lambda some: f"* * {joined(some)}", st.sets(st.integers(0, 6), min_size=1)),
    st.builds(lambda some: f"{joined(some)} * *", st.sets(st.integers(1, 31), min_size=1)),
    st.builds(lambda day, nth: f"* * {day}#{nth}", st.integers(0, 6), st.integers(1, 5)),
    st.builds(lambda day: f"* * {day}L", st.integers(0, 6)),
)


@given(times, days)
def test_words_mean_the_expression_that_they_were_made_of(time, day):
    cron = f"{time} {day}"
    words = words_of(cron)
    assert words
    assert cron_of(words) == cron


@given(st.text(alphabet="0123456789 :,-*/LWapmeondyvrhustft", max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        cron = cron_of(text)
    except WhenError:
        return
    assert len(cron.split()) == 5
