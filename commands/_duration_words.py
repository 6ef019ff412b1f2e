"""How a duration is said: what it takes, what changed, what it rests on."""

from storage.metrics._durations import FEWEST_AT_RISK, Duration, least_change

FEW = 5


def takes(who: str, found: Duration, of: str, arrive: str) -> str:
    """The answer in a sentence: "Borealis takes 31 days (median); 9 in 10 orders arrive …".

    `of` says of what fewer than half have ended, `arrive` what it is that ends.
    """
    if found.median is None:
        return f"**{who}: not yet estimable**: {of} fewer than half have ended."
    text = f"**{who} takes {days(found.median)}** (median)"
    if found.p90 is None:
        return (
            f"{text}; how long 9 in 10 take can't be told yet, {found.open} of {found.n} are open."
        )
    return f"{text}; 9 in 10 {arrive} within {found.p90:g}."


def compared(found: Duration, before: Duration, label: str) -> str:
    """What changed since the time that `label` names."""
    if before.median is None or before.n < FEW:
        return f"Too few orders {label} to compare with ({before.n})."
    if found.median is None:
        return f"It was {days(before.median)} {label}."
    change = found.median - before.median
    if abs(change) < least_change(before.median):
        return f"● About as {label}: {days(before.median)} then."
    word = "▲ slower" if change > 0 else "▼ faster"
    return f"{word} by {days(abs(change))} than {label}: {days(before.median)} then."


def is_slower(found: Duration, before: Duration) -> bool:
    """Whether one should look: slower by more than a whole day and a share, on enough orders."""
    if before.median is None or found.median is None or min(found.n, before.n) < FEW:
        return False
    return found.median - before.median >= least_change(before.median)


def rests_on(found: Duration) -> tuple[str, ...]:
    """What must be known to read the figure rightly."""
    notes = []
    if found.is_thin and found.since:
        notes.append(
            f"Fewer than {FEWEST_AT_RISK} were under way at a time: these are the orders placed"
            f" since {found.since:%-d %b %Y}."
        )
    if found.n < FEW:
        notes.append(f"Only {orders(found.n)}: one more can change this much.")
    if found.cancelled:
        notes.append(f"{found.cancelled} of {orders(found.n)} cancelled, counted until then.")
    return tuple(notes)


def days(value: float) -> str:
    return f"{value:g} day{'' if value == 1 else 's'}"


def orders(count: int) -> str:
    return f"{count} order{'' if count == 1 else 's'}"
