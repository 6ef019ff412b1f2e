"""How money is said: in its currency, never mixed, and never 0 where it is not known."""

from collections.abc import Sequence
from decimal import Decimal

from commands._contract import Reading, Topic, Value
from storage.known.rates import Sums


def said(sums: Sums) -> str:
    """Sums in words: "EUR 865,000", several with a plus, unknown parts said."""
    parts = [f"{code} {value:,.0f}".strip() for code, value in sums.by_currency.items()]
    if not parts:
        return "an unknown amount" if sums.unknown else "nothing"
    text = " + ".join(parts)
    return f"at least {text}" if sums.unknown else text


def readings(name: str, sums: Sums, topic: Topic, metric: str) -> tuple[Reading, ...]:
    """A reading for each currency; one that is null where nothing is known, 0 where nothing is."""
    if not sums.by_currency:
        return (Reading(name, None if sums.unknown else 0, "", topic, metric),)
    return tuple(
        Reading(name, value, code, topic, metric) for code, value in sums.by_currency.items()
    )


def column(every: Sequence[Sums]) -> tuple[list[Value], str]:
    """The values of a column and its unit: numbers in one currency, else texts without a unit."""
    codes = {code for sums in every for code in sums.by_currency}
    if len(codes) == 1:
        (code,) = codes
        return [_value(sums, code) for sums in every], code
    return [None if _is_unknown(sums) else _text(sums) for sums in every], ""


def _value(sums: Sums, code: str) -> Decimal | None:
    return None if _is_unknown(sums) else sums.by_currency.get(code, Decimal(0))


def _is_unknown(sums: Sums) -> bool:
    return bool(sums.unknown) and not sums.by_currency


def _text(sums: Sums) -> str:
    return said(sums) if sums.by_currency else "0"
