"""How figures of suppliers are said: what changed, what is late, how far a promise moves."""

from collections.abc import Sequence

from commands._churn_words import percent
from commands._duration_words import FEW, days
from commands._money import said
from commands._supplier_seen import Card, Shares
from storage.known.rates import Sums
from storage.metrics._due import Share
from storage.metrics._durations import least_change
from storage.metrics.lead_time_variability import Spread
from storage.metrics.planned_vs_actual import Gap
from storage.metrics.promise_slip import Slips
from storage.metrics.slowdown import Pace


def joined(names: Sequence[str]) -> str:
    """Names as one says them; of many the first and how many more."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def takes(pace: Pace, then: str) -> str:
    """What it takes now and took before: "43 days now, 31 in the year before"."""
    now = "not yet estimable now" if pace.now.median is None else f"{days(pace.now.median)} now"
    return f"{now}, {pace.before.median:g} {then}" if pace.before.median is not None else now


def change(card: Card, then: str) -> str:
    """Whether lead times changed, and how sure one can be of that."""
    now, before, test = card.pace.now.median, card.pace.before.median, card.pace.test
    if test is None or before is None:
        return "Too few orders to tell whether that changed."
    if now is None and card.change:
        return f"▲ Slower than {then}: it was {days(before)}, now fewer than half have come."
    if now is None:
        return f"It was {days(before)} {then}; now fewer than half have come."
    step = now - before
    if card.change:
        word = "▲ Slower" if card.change == "slower" else "▼ Faster"
        return (
            f"{word} by {days(abs(step))} than {then} ({days(before)}), more than chance explains"
            f" ({chance(test.p)})."
        )
    if abs(step) < least_change(before):
        return f"● About as {then}: {days(before)} then."
    return f"● It was {days(before)} {then}; that difference can be chance ({chance(test.p)})."


def chance(p: float) -> str:
    """A p value as one says it."""
    return "log-rank p < 0.001" if p < 0.001 else f"log-rank p = {p:.2g}"


def on_time_and_in_full(shares: Shares) -> str:
    """What share of the lines due came as they should; no share where none was due."""
    if shares.both.rate is None:
        return "nothing with a date was due"
    share = shares.both
    if share.n < FEW:
        return f"{share.hits} of {line_count(int(share.n))} due came on time and in full"
    return f"{percent(share.rate)} of {share.n} lines due came on time and in full"


def of_lines(share: Share) -> str:
    return f"{share.hits} of {line_count(int(share.n))} due" if share.n else "nothing was due"


def line_count(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def overdue(open_: int, late: int, owed: Sums) -> str:
    """How many lines are open, how many of them are overdue, and what is to come is worth."""
    if not open_:
        return "Nothing is open."
    lines = f"{open_} open line{'s' * (open_ != 1)}"
    text = f"{late} of {lines} {'is' if late == 1 else 'are'} overdue"
    return f"{text if late else f'None of {lines} is overdue'}; to come: {said(owed)}."


def moves(found: Slips) -> str:
    """How far promises moved: "+4.2 d a line", or that this is not known."""
    if found.mean is None:
        return "unknown" if found.unknown else "n/a"
    return f"{found.mean:+.1f} d"


def moves_rest(found: Slips) -> str:
    """What that rests on, and since when there is any history."""
    if not found.n and not found.unknown:
        return "no line with a promise"
    since = f"; history from {found.history_from:%-d %b %Y}" if found.history_from else ""
    unknown = f", {found.unknown} unknown" if found.unknown else ""
    return f"{line_count(found.n)}, {found.changed} changed{unknown}{since}"


def scope(found: Spread, name: str) -> str:
    """Of what a spread is: of the supplier, or of what it was widened to."""
    match found.scope:
        case "supplier":
            whose = name
        case "company":
            whose = "all suppliers, as too few are its own"
        case _:
            whose = f"all of {found.name}, as too few are its own"
    return f"{found.n} orders of {whose}"


def plan(item: str, found: Gap) -> str:
    """A planned lead time that is not true."""
    assert found.planned is not None
    assert found.gap is not None
    actual = found.planned + found.gap
    is_short = found.gap > 0
    missed = f"{found.later if is_short else found.sooner} of {found.n}"
    how, word = ("later", "too short") if is_short else ("sooner", "too long")
    return (
        f"The ERP plans {days(found.planned)} for {item} and half take {actual:g} or less"
        f" ({missed} {how} than planned): {word}."
    )
