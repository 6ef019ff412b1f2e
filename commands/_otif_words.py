"""How figures of deliveries are said: shares, what changed, how lines were missed."""

from collections import Counter

from commands._deliveries import Asked
from storage.metrics._due import Share, Tolerance
from storage.metrics.otif import Miss

FEW = 5
THINGS = {"line": "lines", "order": "orders", "value": "the value"}
MISSED: dict[Miss, tuple[str, str]] = {
    "late": ("came late", "came late"),
    "short": ("came only in part", "came only in part"),
    "not come": ("has not come", "have not come"),
    "called off": ("was called off late", "were called off late"),
    "early": ("came too early", "came too early"),
    "too much": ("was too much", "were too much"),
}


def percent(share: float | None) -> str:
    """A share as one says it; never "100 %" for less, nor "0 %" for more than nothing."""
    if share is None:
        return "n/a"
    text = f"{100 * share:.0f}"
    if text in ("0", "100") and share not in (0, 1):
        text = f"{min(max(100 * share, 0.1), 99.9):.1f}"
    return f"{text} %"


def met(asked: Asked, found: Share) -> str:
    """The answer in a sentence: "Acme got 82 % of lines on time and in full (…): 104 of 127 …"."""
    who = asked.parties or ("Suppliers" if asked.is_supply else "Customers")
    verb = "delivered" if asked.is_supply else "got"
    things = THINGS[asked.level] + (f" of {asked.items}" if asked.items else "")
    if found.rate is None:
        return f"**{who}: no share of {things} can be told**; prices or rates are missing."
    text = f"**{who} {verb} {percent(found.rate)} of {things} on time and in full**"
    return f"{text}{_interval(found)}: {_of(asked, found)} due {asked.query.when}."


def _interval(found: Share) -> str:
    if found.low is None:
        return ""
    return f" ({percent(found.low)} to {percent(found.high)})"


def _of(asked: Asked, found: Share) -> str:
    if asked.level == "value":
        return f"{found.hits:,.0f} of {found.n:,.0f} {found.currency}".rstrip()
    one = found.n == 1
    return f"{found.hits} of {found.n} {asked.level}{'' if one else 's'}"


def compared(found: Share, before: Share, label: str) -> str:
    """What changed since the time that `label` names."""
    if before.rate is None:
        return f"Nothing {label} to compare with."
    if before.low is not None and before.n < FEW:
        return f"Too few due {label} to compare with ({before.n})."
    if found.rate is None:
        return f"It was {percent(before.rate)} {label}."
    if is_like(found, before):
        return f"● About as {label}: {percent(before.rate)} then."
    word = "▲ better" if found.rate > before.rate else "▼ worse"
    return f"{word} than {label}: {percent(before.rate)} then."


def is_like(found: Share, before: Share) -> bool:
    """Whether what was before lies within what chance would do to this; money has no chance."""
    assert found.rate is not None
    assert before.rate is not None
    if found.low is None or found.high is None:
        return abs(found.rate - before.rate) < 0.03
    return found.low <= before.rate <= found.high


def missed(found: Counter[Miss]) -> str:
    """How the lines that were missed were so: "Of 18 lines missed, 12 came late and 6 …"."""
    total = found.total()
    if not total:
        return "No line was missed."
    ways = [f"{count} {MISSED[way][count > 1]}" for way, count in found.most_common()]
    listed = ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])} and {ways[-1]}"
    return f"Of {total} line{'s' if total > 1 else ''} missed, {listed}."


def beside(other: str, share: Share, targets: dict[str, Share]) -> str:
    """The level that was not asked for, and the three targets side by side."""
    by_target = ", ".join(
        f"by the {name} {percent(one.rate)}" for name, one in targets.items() if one.n
    )
    first = f"{other} it is {percent(share.rate)}"
    return f"{first}; on time {by_target}." if by_target else f"{first}."


def allowed(tolerance: Tolerance) -> str | None:
    """What was let pass, where it was not nothing."""
    parts = [f"up to {tolerance.late} days late"] if tolerance.late else []
    if tolerance.short:
        parts.append(f"{percent(float(tolerance.short))} missing")
    if tolerance.early is not None:
        parts.append(f"no more than {tolerance.early} days early")
    return f"Let pass: {', '.join(parts)}." if parts else None
