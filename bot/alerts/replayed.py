"""What a dry run found, in words and as a chart."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from bot.alerts.replay import Fired, Replay
from bot.text import shown
from commands import Chart, Series

MOST = 6
MOST_NAMES = 3


def words(found: Replay) -> str:
    """How often and when the rule would have fired, and what could not be told."""
    return " ".join([_fired(found), *_limits(found)])


def chart(found: Replay) -> Chart | None:
    """The days that were looked at: the figure, or of rows how many fired; null without any."""
    reading = found.reading
    if reading is None or not any(day.value is not None for day in found.days):
        return None
    scale = 100 if reading.unit == "share" and not found.is_rows else 1
    values = tuple(None if day.value is None else day.value * scale for day in found.days)
    series = [Series("Fired" if found.is_rows else reading.name, values)]
    limit = found.watch.when.limit if found.watch and not found.is_rows else None
    if limit is not None:
        series.append(Series("Threshold", (limit * scale,) * len(values)))
    unit = "" if found.is_rows else "%" if scale == 100 else reading.unit
    title = f"Last {found.asked} days"
    labels = tuple(f"{day.date:%-d %b}" for day in found.days)
    kind = "bar" if found.is_rows else "line"
    return Chart(kind, title, labels, tuple(series), reading.topic, unit)  # type: ignore[arg-type]  # one of two kinds


def _fired(found: Replay) -> str:
    if not found.days:
        return f"**It can't be replayed**: {found.why or 'there is no history'}."
    over = f"in the last {found.asked} days"
    if found.reach_from or found.is_cut:
        over = f"since {_day(found.days[0].date)}"
    if not found.fired:
        return f"**It would not have fired** {over}."
    count = len(found.fired)
    times = {1: "once", 2: "twice"}.get(count, f"{count:,} times")
    if not found.is_rows:
        return f"**It would have fired {times}** {over}, on {_days(found.fired)}."
    return f"**It would have fired {times}** {over}: {_by_name(found.fired)}; {_last(found)}."


def _days(fired: Sequence[Fired]) -> str:
    """The days, the newest last; of many the last ones."""
    told = [_day(one.date) for one in fired[-MOST:]]
    more = len(fired) - len(told)
    first = f"{more} earlier days, " if more > 1 else "1 earlier day, " if more else ""
    return first + _joined(told)


def _by_name(fired: Sequence[Fired]) -> str:
    counts = Counter(one.label for one in fired).most_common()
    named = [f"{label} {times}×" if times > 1 else label for label, times in counts[:MOST_NAMES]]
    more = len(counts) - len(named)
    return _joined([*named, *([f"{more} more"] if more else [])])


def _last(found: Replay) -> str:
    newest = found.fired[-1]
    unit = found.reading.unit if found.reading else ""
    value = newest.words or ("" if found.is_new else shown(newest.value, unit))
    return f"last on {_day(newest.date)}" + (f" ({newest.label}: {value})" if value else "")


def _limits(found: Replay) -> list[str]:
    told = []
    if found.days and found.watch and (keep := found.watch.keep):
        hours = keep // timedelta(hours=1)
        long = f"{keep.days} days" if hours % 24 == 0 and keep.days > 1 else f"{hours} hours"
        told.append(f"What fires goes on for at least {long}.")
    if found.reach_from:
        told.append(f"It can't be replayed before {found.reach_from:%-d %b %Y}.")
    blind = sum(1 for day in found.days if day.value is None)
    if blind:
        of = "1 day" if blind == 1 else f"{blind} days"
        told.append(f"On {of} it could not have been judged.")
    if found.step > 1:
        told.append(f"As its question takes long, only every {_nth(found.step)} day was looked at.")
    if found.is_cut:
        told.append("Time ran out before the days before that.")
    return told


def _nth(number: int) -> str:
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(
        number % 10, "th"
    )  # fmt: skip
    return f"{number}{last}"


def _day(day: date) -> str:
    return f"{day:%-d %b}"


def _joined(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
