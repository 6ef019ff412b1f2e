"""What do customers complain about: themes by the words in tickets and comments, with counts."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._basis import basis
from commands._book import Book, linked_share, open_book
from commands._churn_words import local_days
from commands._grammar import Query, read, shorten
from storage.known.complaints import Complaint, complaints, heard
from storage.known.sales import sales_lines
from storage.metrics import complaint_rate
from storage.metrics._due import Share
from storage.metrics.themes import METRIC, OTHER, Theme, themes

FEW = 5
QUOTE = 120


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"), by=(), days=90
    )
    if isinstance(query, Notice):
        return query
    book = open_book(session, ask, query)
    wanted = book.asked(query)
    every = [
        one
        for one in complaints(session, ask.now, book.who)
        if not wanted or one.customer in wanted
    ]
    window = local_days(query.window.start, query.window.end, ask.zone)
    found = themes(every, *window)
    if not found:
        return _nothing(query)
    before = themes(every, *local_days(query.prior.start, query.prior.end, ask.zone))
    count = sum(1 for one in every if window[0] <= one.on < window[1])
    rate = _rate(session, ask, query, book, window)
    return Answer(
        title=f"Feedback {query.label}".strip(),
        summary=Sentence(_summary(query, found, count), ("customers",)),
        detail=(Sentence(_rated(rate), ("customers",)),),
        readings=_readings(every, window, found, rate),
        table=_table(found, before),
        basis=(
            basis(session, ask, METRIC, query.window.start, query.window.end, n=count),
            basis(session, ask, complaint_rate.METRIC, query.window.start, query.window.end,
                  n=int(rate.n), coverage=linked_share(book.selected(query))),
        ),
        notes=(Sentence("A theme is told by its words; one complaint may have several.",
                        ("customers",)),),
        follow_ups=(
            FollowUp("Open tickets", "tickets"), FollowUp("NPS", "nps"),
            FollowUp("A year", "feedback last 365 days"),
        ),
    )  # fmt: skip


def _rate(session: Session, ask: Ask, query: Query, book: Book, window: tuple[date, date]) -> Share:
    """Complaints for each delivery of the window, of the customers that are asked about."""
    wanted = book.asked(query)
    # what was delivered in the window may have been ordered long before
    start = query.window.start - timedelta(days=180)
    lines = sales_lines(session, ask.now, start)
    clear = heard(session, book.who)
    every = complaint_rate.deliveries(lines, book.who, clear & wanted if wanted else clear)
    followed = complaint_rate.followed(
        every, complaints(session, ask.now, book.who), *window, ask.today
    )
    return followed.whole


def _summary(query: Query, found: Sequence[Theme], count: int) -> str:
    named = [theme for theme in found if theme.name != OTHER]
    total = f"{count} complaint{'' if count == 1 else 's'} {query.when}"
    who = f" of {query.label}" if query.named else ""
    if not named:
        return f"**No theme stands out**: {total}{who}, none with a word that is known."
    first = named[0]
    return f"**Most is about: {first.name}** ({len(first.said)} of {total}{who})."


def _rated(rate: Share) -> str:
    if rate.rate is None:
        return "A rate per delivery is n/a: no delivery of the window is 14 days old yet."
    assert rate.low is not None
    assert rate.high is not None
    return (
        f"After {100 * rate.rate:.0f} of 100 deliveries the customer complained within 14 days"
        f" ({100 * rate.low:.0f} to {100 * rate.high:.0f}, of {rate.n})."
    )


def _readings(
    every: Sequence[Complaint], window: tuple[date, date], found: Sequence[Theme], rate: Share
) -> tuple[Reading, ...]:
    inside = [one for one in every if window[0] <= one.on < window[1]]
    tickets = sum(1 for one in inside if one.kind == "ticket")
    each = None if rate.rate is None else 100 * rate.rate
    low = None if rate.low is None else 100 * rate.low
    high = None if rate.high is None else 100 * rate.high
    return (
        Reading("complaints", len(inside), "", "customers", METRIC.id),
        Reading("tickets", tickets, "", "customers", METRIC.id),
        Reading("unhappy answers", len(inside) - tickets, "", "customers", METRIC.id),
        Reading("themes", len(found), "", "customers", METRIC.id),
        Reading("complaints per 100 deliveries", each, "", "customers",
                complaint_rate.METRIC.id, low=low, high=high),
    )  # fmt: skip


def _table(found: Sequence[Theme], before: Sequence[Theme]) -> Table:
    """Themes by count; what someone wrote last is theirs, and so personal."""
    earlier = {theme.name: len(theme.said) for theme in before}
    columns = (
        Column("Theme", "customers"),
        Column("Complaints", "customers", "", METRIC.id),
        Column("Customers", "customers", "", METRIC.id),
        Column("Before", "customers", "", METRIC.id),
        Column("Last", "customers"),
        Column("Said last", "personal"),
    )
    rows: list[tuple[Value, ...]] = [
        (theme.name, len(theme.said), theme.companies, earlier.get(theme.name, 0),
         theme.said[0].on.isoformat(), shorten(theme.said[0].text or "", QUOTE) or "–")
        for theme in found
    ]  # fmt: skip
    bold = frozenset(
        at
        for at, theme in enumerate(found)
        if theme.name != OTHER and len(theme.said) >= max(FEW, 2 * earlier.get(theme.name, 0))
    )
    return Table(columns, tuple(rows), bold, len(rows))


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"No complaints{of} {query.when}",
        "No ticket and no unhappy answer to a survey is known of that time.",
        (FollowUp("A year", "feedback last 365 days"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="feedback",
    summary="What customers complain about: themes with counts, and complaints per 100 deliveries.",
    usage="feedback [customer] [window]",
    examples=("feedback", "feedback last 365 days"),
    topics=("customers", "personal"),
    answer=answer,
    synonyms=("themes", "complaints", "what do customers say"),
    asks=(
        "what do customers complain about",
        "most common complaints",
        "what do people say about us",
        "feedback themes",
        "complaints",
    ),
)
