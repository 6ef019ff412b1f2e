"""Days and times in words to a cron expression and back: "every Monday at 9" is `0 9 * * 1`."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from cronsim import CronSim, CronSimError

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
NTH = ("first", "second", "third", "fourth", "fifth")
QUARTERS = "1,4,7,10"
LAST_OF_MONTH, LAST_WORKING_DAY = "L", "LW"
MOST_AN_HOUR = 4
ANY_DAY = datetime(2027, 1, 1)  # noqa: DTZ001 - wall time, only to see whether it can be read
EXAMPLES = "`every Monday at 9`, `weekdays 8:30`, `first of the month 07:00`"

CLOCK = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?$", re.ASCII)
HOURS = re.compile(
    r"^(?:every hour|hourly|every (\d{1,2}) hours)"
    r"(?: (?:from|between) (\S+) (?:to|and|until) (\S+))?$",
    re.ASCII,
)
OF_MONTH = re.compile(r"^(?:on )?(?:the )?(.+?) (?:day )?of (?:the|each|every) (month|quarter)$")
ORDINAL = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)$", re.ASCII)
RANGE = re.compile(r"^(\w+) ?(?:to|-|–) ?(\w+)$")
# what says nothing that the rest does not say
OPENING = re.compile(r"^(?:on|every|each) ")
EVERY_DAY = ("", "every day", "each day", "daily")
WORKING_DAYS = ("weekday", "weekdays", "working day", "working days", "workdays", "workday")
WEEKENDS = ("weekend", "weekends", "the weekend")

Days = tuple[str, str, str]


class WhenError(ValueError):
    """Words that are no schedule, in words for whoever wrote them."""


def cron_of(text: str) -> str:
    """The cron expression, of five fields, that some words mean; `WhenError` if they mean none.

    Days come before the time or after it. A cron expression means itself.
    """
    plain = " ".join(text.replace(",", " , ").split())
    if re.match(r"^[\d*]\S*( \S+){4}$", plain.replace(" , ", ",")):
        return _checked(plain.replace(" , ", ","))
    words = plain.lower().split()
    found = {
        f"{time} {' '.join(days)}"
        for days_said, time_said in _split(words)
        if (days := _days(days_said)) and (time := _time(time_said))
    }
    if len(found) == 1:
        return _checked(found.pop())
    if _days(" ".join(words)):
        raise WhenError("Say at what time too, such as `every Monday at 9`")
    raise WhenError(f"I can't read that as days and a time: write {EXAMPLES}, or a cron expression")


def words_of(cron: str) -> str:
    """How one says a cron expression; empty where it has no such words.

    `cron_of` reads them as the same expression.
    """
    minute, hour, *days = cron.split()
    time, day = _time_words(minute, hour), _days_words(*days)
    if time is None or day is None:
        return ""
    said = f"{time} on {day}" if time.startswith("every") else f"{day} at {time}"
    if time.startswith("every") and day == "every day":
        said = time
    try:
        return said if cron_of(said) == " ".join(cron.split()) else ""
    except WhenError:
        return ""


def _split(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words in two, as days and a time, and as a time and days."""
    for at in range(len(words) + 1):
        before, after = " ".join(words[:at]), " ".join(words[at:])
        yield before, after
        yield after, before


def _checked(cron: str) -> str:
    try:
        known = CronSim(cron, ANY_DAY)
    except CronSimError as error:
        raise WhenError(f"`{cron}` is no cron expression: {error}") from None
    if len(known.minutes) > MOST_AN_HOUR:
        raise WhenError(f"That is more often than {MOST_AN_HOUR} times an hour")
    return cron


def _time(text: str) -> str | None:
    """Minute and hour of a time, of several, or of an hourly run."""
    if hourly := HOURS.match(text):
        return _hourly(int(hourly[1] or 1), hourly[2], hourly[3])
    said = text.removeprefix("at ")
    clocks = [_clock(part) for part in _listed(said)]
    if not clocks or None in clocks:
        return None
    known = [one for one in clocks if one]
    if len({minute for _, minute in known}) != 1:
        return None
    hours = sorted({hour for hour, _ in known})
    return f"{known[0][1]} {','.join(map(str, hours))}"


def _hourly(step: int, first: str | None, last: str | None) -> str | None:
    if not 1 <= step < 24 or 24 % step:
        return None
    if first is None or last is None:
        return "0 *" if step == 1 else f"0 */{step}"
    start, end = _clock(first), _clock(last)
    if not start or not end or start[1] != end[1] or start[0] >= end[0]:
        return None
    return f"{start[1]} {start[0]}-{end[0]}" + (f"/{step}" if step > 1 else "")


def _clock(text: str) -> tuple[int, int] | None:
    """Hour and minute of a time of day."""
    match = CLOCK.match({"noon": "12:00", "midnight": "0:00"}.get(text, text))
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _listed(text: str) -> list[str]:
    """The parts of "a, b and c"."""
    return [part.strip() for part in re.split(r" , (?:and )?| and | & ", text)]


def _days(text: str) -> Days | None:
    """Day of the month, month and day of the week."""
    if text in EVERY_DAY:
        return "*", "*", "*"
    if found := OF_MONTH.match(text):
        return _of_month(found[1], QUARTERS if found[2] == "quarter" else "*")
    plain = OPENING.sub("", OPENING.sub("", text))
    if plain in WORKING_DAYS:
        return "*", "*", "1-5"
    if plain in WEEKENDS:
        return "*", "*", "0,6"
    if (span := RANGE.match(plain)) and (ends := _weekdays([span[1], span[2]])):
        return ("*", "*", f"{ends[0]}-{ends[1]}") if ends[0] < ends[1] else None
    named = _weekdays(_listed(plain))
    return ("*", "*", ",".join(map(str, sorted(set(named))))) if named else None


def _weekdays(names: Sequence[str]) -> list[int] | None:
    """The numbers of days of the week; null unless every one is such a day."""
    found = []
    for name in names:
        like = [at for at, day in enumerate(WEEKDAYS) if name in (day, f"{day}s", day[:3])]
        if not like:
            return None
        found += like
    return found


def _of_month(said: str, months: str) -> Days | None:
    """“first”, “1st and 15th”, “last”, “last working day”, “second friday” of the month."""
    if said in ("last", "last working", "last weekday", "last working day"):
        return (LAST_OF_MONTH if said == "last" else LAST_WORKING_DAY), months, "*"
    which, _, day = said.rpartition(" ")
    if which and (number := _weekdays([day])):
        if which == "last":
            return "*", months, f"{number[0]}L"
        return ("*", months, f"{number[0]}#{NTH.index(which) + 1}") if which in NTH else None
    days = [_ordinal(part.removeprefix("the ")) for part in _listed(said)]
    if None in days or (months == QUARTERS and days != [1]):
        return None
    return ",".join(str(one) for one in sorted({one for one in days if one})), months, "*"


def _ordinal(text: str) -> int | None:
    if text in NTH:
        return NTH.index(text) + 1
    match = ORDINAL.match(text)
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else None


def _time_words(minute: str, hour: str) -> str | None:
    if not minute.isdigit():
        return None
    if hour == "*":
        return "every hour"
    if found := re.match(r"^\*/(\d+)$", hour):
        return f"every {found[1]} hours"
    if found := re.match(r"^(\d+)-(\d+)(?:/(\d+))?$", hour):
        every = f"every {found[3]} hours" if found[3] else "every hour"
        ends = [f"{int(end):02}:{int(minute):02}" for end in (found[1], found[2])]
        return f"{every} from {ends[0]} to {ends[1]}"
    if not re.match(r"^\d+(,\d+)*$", hour):
        return None
    return _joined([f"{int(one):02}:{int(minute):02}" for one in hour.split(",")])


def _days_words(day: str, month: str, weekday: str) -> str | None:
    if month not in ("*", QUARTERS) or (day != "*" and weekday != "*"):
        return None
    of = "of the month" if month == "*" else "of the quarter"
    if day != "*":
        return _day_words(day, of)
    if found := re.match(r"^([0-6])(?:#([1-5])|L)$", weekday):
        which = NTH[int(found[2]) - 1] if found[2] else "last"
        return f"{which} {WEEKDAYS[int(found[1])].capitalize()} {of}"
    if month != "*":
        return None
    return _weekday_words(weekday)


def _day_words(day: str, of: str) -> str | None:
    if day in (LAST_OF_MONTH, LAST_WORKING_DAY):
        return f"last {'working ' if day == LAST_WORKING_DAY else ''}day {of}"
    if not re.match(r"^\d+(,\d+)*$", day):
        return None
    if day == "1":
        return f"first {of}"
    return f"{_joined([_nth(int(one)) for one in day.split(',')])} {of}"


def _weekday_words(weekday: str) -> str | None:
    if said := {"*": "every day", "1-5": "weekdays", "0,6": "weekends"}.get(weekday):
        return said
    if found := re.match(r"^([0-6])-([0-6])$", weekday):
        first, last = (WEEKDAYS[int(one)].capitalize() for one in found.groups())
        return f"{first} to {last}"
    if not re.match(r"^[0-6](,[0-6])*$", weekday):
        return None
    return f"every {_joined([WEEKDAYS[int(one)].capitalize() for one in weekday.split(',')])}"


def _nth(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _joined(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
