"""What is said of a fit of lifetime value: how it did against plain past spend, and how sure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from commands._book import Book
from commands._contract import Ask
from commands._track_record import Track, record
from storage.entities import entity
from storage.forecasts._clv_fit import SHARES
from storage.forecasts._clv_judge import CONTRACTS, ORDERS
from storage.forecasts._report import IN_USE
from storage.forecasts._scores import TOP
from storage.forecasts._statement import Statement
from storage.forecasts.clv import DAYS, MODEL, Used, used
from storage.known.customers import Customer
from storage.metrics._clv_ahead import foretold
from storage.metrics.clv import MONTH, MONTHS, Worth

# so many of a list are told as it is shown
FIRST = 10
HORIZON = {"contract": f"{MONTHS} months", "orders": "12 months"}
AHEAD = {"orders": timedelta(days=DAYS), "contract": timedelta(days=round(MONTHS * MONTH))}


def span(one: Worth, track: Track) -> str:
    """Within which bounds a value is, in brackets; empty where none are known."""
    if one.low is None or one.high is None:
        return ""
    between = f"{one.low:,.0f} to {one.high:,.0f}"
    if _begins_with_value(one):
        between = f"at least that, at most {one.high:,.0f}"
    if one.is_own:
        return f" ({track.said(SHARES[0])}: {between})"
    return f" ({between} for the average of its kind)"


def _begins_with_value(one: Worth) -> bool:
    """Whether most bring more than the mean: of contracts of which hardly any end."""
    return one.is_own and one.low is not None and one.low == one.value


def coming(session: Session, ask: Ask, book: Book, one: Customer) -> tuple[Worth, Track] | None:
    """What one customer is expected to bring by the fit that is in use, and how such held so far;
    null where none is, or it does not know of it."""
    fit = used(session, ask.now)
    found = foretold([one], ask.today, book.rates, book.into, fit) if fit else []
    return (found[0], record(session, MODEL.id, ask.now)) if found else None


def looked_back(fit: Used | None) -> Iterator[str]:
    """How the fit did against what customers had spent before, in a sentence or two."""
    if fit is None:
        return
    mine, past = fit.methods[IN_USE], fit.methods[MODEL.baseline]
    if fit.gain:
        change, least, most = (_below(fit.gain[name]) for name in ("pinball", "low", "high"))
        sure = f" (95 %: {least or '0 %'} to {most or '0 %'})" if least or most else ""
        yield (
            f"Looked back on over 12 months, its error of {mine['n']:,} told was"
            f" {change or 'about'} that of plain past spend{sure}."
        )
    if mine["lift10"] is not None and past["lift10"] is not None:
        yield (
            f"The tenth told the most brought {100 * TOP * mine['lift10']:.0f} % of the revenue;"
            f" the tenth that had spent the most brought {100 * TOP * past['lift10']:.0f} %."
        )


def _below(gain: float) -> str:
    """How far an error is from another; empty where it is about as large."""
    percent = round(100 * gain)
    return f"{abs(percent)} % {'above' if percent < 0 else 'below'}" if percent else ""


def intervals(known: Sequence[Worth], fit: Used | None, track: Track) -> list[str]:
    """What the bounds of the values mean, and whether these held."""
    notes = []
    if fit and any(one.is_own for one in known):
        notes.append(
            f"From and To: what a customer brings, {track.said(SHARES[0])}; looked back on over"
            f" 12 months, such intervals held {100 * fit.methods[IN_USE]['cover80']:.0f} times in"
            " 100."
        )
        if any(map(_begins_with_value, known)):
            notes.append("Where From is what is expected itself, most bring more: few of such end.")
        notes += [said for said in (track.sentence(),) if said]
        notes += list(_together(fit))
    if any(not one.is_own for one in known):
        of = " (of who has no fit)" if notes else ""
        notes.append(
            f"From and To{of}: the 95 % interval of the average customer of a kind, not of this"
            " one."
        )
    return notes


def statements(known: Sequence[Worth], today: date) -> tuple[Statement, ...]:
    """What is told of the first of them, each in its own currency, to be held against what
    comes."""
    return tuple(
        Statement(
            MODEL.id, entity("customer", one.customer.key), ORDERS if one.kind == "orders" else
            CONTRACTS, SHARES[0], today + AHEAD[one.kind], one.low, one.high,
        )
        for one in known[:FIRST]
        if one.is_own and {one.currency} == _codes(one)
    )  # fmt: skip


def _codes(one: Worth) -> set[str]:
    money = one.customer.orders if one.kind == "orders" else one.customer.contracts
    return {part.currency or "" for part in money}


def _together(fit: Used) -> Iterator[str]:
    """Where how often customers order goes with how much an order is worth."""
    for code, spend in sorted(fit.spend.items()):
        if spend.usual is not None:
            where = f" in {code}" if code else ""
            yield (
                f"How often customers order goes with how much an order is worth{where} (rank"
                f" correlation {spend.together.rank:+.2f}), so an order is told by the mean of"
                " those who order as often."
            )
