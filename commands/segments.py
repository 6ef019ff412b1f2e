"""Which customers are best, which slip away: RFM segments, and who is in one."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from statistics import median

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
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
from commands._book import NOBODY, Book, linked_share, money, open_book
from commands._grammar import nearest, read, shorten
from commands._window import midnight
from storage.known.profiles import mails
from storage.known.returns import returns
from storage.metrics.rfm import FEWEST, METRIC, SEGMENTS, WINDOW, Scored, Segments, segments

MEANING = {
    "champions": "lately, often and for much", "loyal": "often and for much, not quite lately",
    "can't lose": "often and for much, but long ago", "promising": "lately, not often yet",
    "need attention": "middling in all", "slipping": "not lately any more", "new": "lately, once",
    "occasional": "seldom and for little", "hibernating": "long ago and seldom",
    "lost": "longest ago, seldom, for little",
}  # fmt: skip


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    name, rest = _segment(words)
    query = read(session, ask, rest, command=COMMAND.name, kinds=(), by=())
    if isinstance(query, Notice):
        return _unknown(words)
    book = open_book(session, ask, query)
    if not book.customers:
        return NOBODY
    found = segments(
        book.customers, returns(session, ask.now, book.who), ask.today, book.rates, book.into
    )
    if not found.scored:
        return Notice(
            "Too few customers for segments",
            f"Fifths need at least {FEWEST} customers who ordered in the last two years.",
            (FollowUp("Churn", "churn"), FollowUp("Data status", "status")),
        )
    rests = _basis(session, ask, found)
    return _members(session, book, found, name, rests) if name else _all(found, rests)


def _segment(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The segment that is named, or null, and the words that are left."""
    text = " ".join(words).casefold()
    for name in sorted(SEGMENTS, key=len, reverse=True):
        for spelled in (name, name.replace("'", ""), name.removesuffix("s")):
            if text == spelled or text.startswith(f"{spelled} "):
                return name, text[len(spelled) :].split()
    return None, list(words)


def _all(found: Segments, rests: Basis) -> Answer:
    groups = {name: [one for one in found.scored if one.segment == name] for name in SEGMENTS}
    whole = sum((one.revenue for one in found.scored), Decimal(0))
    best = groups["champions"]
    share = _share(sum((one.revenue for one in best), Decimal(0)), whole)
    slip = sum(len(groups[name]) for name in ("can't lose", "slipping"))
    return Answer(
        title="Segments",
        summary=Sentence(
            f"**{len(best)} of {len(found.scored)} customers are champions**; {slip} who used to"
            " order more slip away.",
            ("customers",),
        ),
        detail=(_told(share),) if share is not None else (),
        readings=(
            Reading("customers", len(found.scored), "", "customers", METRIC.id),
            Reading("left out", found.left_out, "", "customers", METRIC.id),
            Reading("revenue of two years", whole, found.currency, "revenue", METRIC.id),
            *(
                Reading(name, len(some), "", "customers", METRIC.id)
                for name, some in groups.items()
            ),
        ),
        table=_groups(found, groups, whole),
        basis=(rests,),
        notes=_notes(found),
        follow_ups=tuple(
            FollowUp(name.capitalize(), f"segments {name}")
            for name in ("champions", "can't lose", "slipping")
            if groups[name]
        ),
    )


def _told(share: float) -> Sentence:
    return Sentence(f"Champions bring {100 * share:.0f} % of the revenue of two years.",
                    ("revenue",))  # fmt: skip


def _share(part: Decimal, whole: Decimal) -> float | None:
    return float(part / whole) if whole > 0 else None


def _groups(found: Segments, groups: dict[str, list[Scored]], whole: Decimal) -> Table:
    columns = (
        Column("Segment", "customers"),
        Column("Customers", "customers", "", METRIC.id),
        Column("Revenue", "revenue", found.currency, METRIC.id),
        Column("Share", "revenue", "share", METRIC.id),
        Column("Orders", "customers", "", METRIC.id),
        Column("They ordered", "customers"),
    )
    rows: list[tuple[Value, ...]] = []
    for name, some in groups.items():
        if some:
            revenue = sum((one.revenue for one in some), Decimal(0))
            orders = median(one.orders for one in some)
            share = _share(revenue, whole)
            rows.append((name, len(some), revenue, share, orders, MEANING[name]))
    bold = frozenset(at for at, row in enumerate(rows) if row[0] in ("can't lose", "slipping"))
    return Table(columns, tuple(rows), bold, len(rows))


def _members(
    session: Session, book: Book, found: Segments, name: str, rests: Basis
) -> Answer | Notice:
    """Who is in a segment, with whom one may write to: an audience as a file."""
    some = [one for one in found.scored if one.segment == name]
    if not some:
        return Notice(f"Nobody is in “{name}”", "No customer has these scores now.",
                      (FollowUp("All segments", "segments"),))  # fmt: skip
    agreed = mails(session, book.who)
    revenue = sum((one.revenue for one in some), Decimal(0))
    reached = sum(1 for one in some if agreed.get(book.company(one.customer)))
    return Answer(
        title=f"Segment {name}",
        summary=Sentence(
            f"**{len(some)} customer{'' if len(some) == 1 else 's'}: {name}**, who order"
            f" {MEANING[name]}.",
            ("customers",),
        ),
        detail=(
            Sentence(f"In two years they brought {money(revenue, found.currency)}.", ("revenue",)),
            Sentence(f"{reached} of them have a contact who agreed to be written to.",
                     ("personal",)),
        ),
        readings=(
            Reading("customers", len(some), "", "customers", METRIC.id),
            Reading("revenue of two years", revenue, found.currency, "revenue", METRIC.id),
        ),
        table=_audience(book, found, some, agreed),
        basis=(rests,),
        notes=_notes(found),
        follow_ups=(
            FollowUp("All segments", "segments"), FollowUp("What to offer", "opportunities"),
        ),
    )  # fmt: skip


def _audience(
    book: Book, found: Segments, some: Sequence[Scored], agreed: dict[tuple[str, str], list[str]]
) -> Table:
    columns = (
        Column("Customer", "customers"),
        Column("Last order", "customers"),
        Column("Orders", "customers", "", METRIC.id),
        Column("Revenue", "revenue", found.currency, METRIC.id),
        Column("R-F-M", "customers"),
        Column("May be written to", "personal"),
    )
    rows: list[tuple[Value, ...]] = [
        (one.customer.name, one.last_on.isoformat(), one.orders, one.revenue,
         f"{one.recency}-{one.frequency}-{one.monetary}",
         ", ".join(agreed.get(book.company(one.customer), ())) or "–")
        for one in some
    ]  # fmt: skip
    return Table(columns, tuple(rows), total=len(rows))


def _basis(session: Session, ask: Ask, found: Segments) -> Basis:
    start = midnight(ask.today - WINDOW + timedelta(days=1), ask.zone)
    customers = [one.customer for one in found.scored]
    return basis(session, ask, METRIC, start, ask.now, n=len(customers),
                 coverage=linked_share(customers))  # fmt: skip


def _notes(found: Segments) -> tuple[Sentence, ...]:
    notes = ["Customers who ordered in the last two years; revenue less what was sent back."]
    if found.left_out:
        notes.append(f"{found.left_out} left out: their money can't be told in {found.currency}.")
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _unknown(words: Sequence[str]) -> Notice:
    phrase = " ".join(words)
    near = nearest(phrase, SEGMENTS) or list(SEGMENTS[:5])
    choices = tuple(FollowUp(name.capitalize(), f"segments {name}") for name in near)
    title = f"I know no segment “{shorten(phrase)}”"
    return Notice(title, "Do you mean one of these?", choices, error=True)


COMMAND = Command(
    name="segments",
    summary="Customers by how lately, often and for how much they order; who is in a segment.",
    usage="segments [segment] [in currency]",
    examples=("segments", "segments champions"),
    topics=("customers", "revenue", "personal"),
    answer=answer,
    synonyms=("rfm", "customer segments", "audience"),
    asks=(
        "best customers by recency and frequency",
        "segment our customers",
        "rfm segments",
        "customer groups",
        "champions",
    ),
)
