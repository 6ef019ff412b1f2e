"""The main factors in a customer's score in words, and what moved it since a month ago.

Money is never told here, only named: who may see customers may not always see revenue.
"""

from collections.abc import Mapping, Sequence

from commands._churn_words import percent
from storage.forecasts._churn_now import Chance, Factor
from storage.forecasts._features import Value

COUNTED = {
    "recent tickets": ("ticket", "in 90 d"), "earlier tickets": ("ticket", "in the year before"),
    "open tickets": ("open ticket", ""), "recent orders": ("order", "in 90 d"),
    "late lines": ("late line of ours", ""), "overdue bills": ("overdue bill", ""),
    "contracts": ("contract", ""), "renewals": ("renewal", ""), "order days": ("order day", ""),
}  # fmt: skip
MEASURED = {
    "days as a customer": "customer for {:,.0f} d", "days to renewal": "renewal in {:,.0f} d",
    "days of notice": "{:,.0f} d of notice", "days since an order": "no order for {:,.0f} d",
    "last NPS": "NPS {:g}", "days of the contract": "under contract for {:,.0f} d",
}  # fmt: skip
UNKNOWN = {
    "days to renewal": "no renewal date", "days of notice": "no notice period known",
    "days since an order": "no order known", "last NPS": "no NPS answer",
    "renews itself": "not known whether it renews by itself",
}  # fmt: skip
YES = {
    "new customer": ("a new customer", "no new customer"),
    "renews itself": ("renews by itself", "does not renew by itself"),
}
MONEY = {
    "revenue a month": "what it brings a month", "growth of revenue": "how its revenue moved",
    "spent": "what it has spent", "revenue of the contract": "what the contract brings",
}  # fmt: skip
TREND = "trend of orders"
MOVED = 2


def factors_said(factors: Sequence[Factor], *, has_money: bool = True) -> str | None:
    """What raises the score and what lowers it; null where nothing does. Money is named only where
    `has_money`."""
    told = [one for one in factors if has_money or one.name not in MONEY]
    ways = (
        ("raised", [_usually(one) for one in told if one.part > 0]),
        ("lowered", [_usually(one) for one in told if one.part <= 0]),
    )
    return "; ".join(f"{way} by {', '.join(some)}" for way, some in ways if some) or None


def _usually(one: Factor) -> str:
    return with_other(one.name, one.value, "usual {}", one.usual)


def with_other(name: str, value: Value, form: str, other: Value) -> str:
    """A feature in words, and in brackets another value of it, where it is a figure."""
    has_figure = name in COUNTED or name in MEASURED
    if not has_figure or not isinstance(other, int | float) or value is None:
        return words(name, value)
    return f"{words(name, value)} ({form.format(f'{other:,.0f}')})"


def words(name: str, value: Value) -> str:
    """What is known of a customer under the name of a feature."""
    if name in MONEY:
        return MONEY[name]
    if name in YES:
        return UNKNOWN.get(name, name) if value is None else YES[name][0 if value else 1]
    if value is None:
        return UNKNOWN.get(name, f"{name} not known")
    if not isinstance(value, int | float):
        return f"{name} {value}"
    if name == TREND:
        return "more orders than before" if value > 0 else "fewer orders than before"
    if name in COUNTED:
        thing, when = COUNTED[name]
        return f"{value:g} {thing}{'' if value == 1 else 's'} {when}".strip()
    return MEASURED.get(name, f"{name} {{:g}}").format(value)


def change_said(now: Chance, then: Chance | None, *, has_money: bool = True) -> str | None:
    """How the chance moved since a month ago by the same fit, and what moved it most; null where
    there is no chance. Both with all their factors."""
    if now.share is None or now.low is None or now.high is None:
        return None
    if then is None or then.share is None or then.base != now.base:
        return "A month ago it was not told: it was no such customer then."
    if now.low <= then.share <= now.high:
        return f"● About as a month ago: {percent(then.share)} then."
    is_more = now.share > then.share
    most = _moved(now.factors, {one.name: one for one in then.factors}, is_more=is_more)
    told = [
        with_other(one.name, one.value, "{} then", before.value)
        for one, before in most if has_money or one.name not in MONEY
    ]  # fmt: skip
    by = f"; most by {', '.join(told)}" if told else ""
    return f"{'▲ more' if is_more else '▼ less'} than a month ago: {percent(then.share)} then{by}."


def _moved(
    now: Sequence[Factor], then: Mapping[str, Factor], *, is_more: bool
) -> list[tuple[Factor, Factor]]:
    """What moved the score most the way it went."""
    sign = 1 if is_more else -1
    pairs = [(one, then[one.name]) for one in now if one.name in then]
    ranked = sorted(pairs, key=lambda pair: -sign * (pair[0].part - pair[1].part))
    return [(one, old) for one, old in ranked[:MOVED] if sign * (one.part - old.part) > 0]
