"""What do late deliveries do to our customers: their answers, tickets and next orders."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Chart,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._basis import basis
from commands._book import choice, open_book
from commands._churn_words import local_days
from commands._experience_rows import orders_behind
from commands._experience_words import (
    BAD,
    LOST,
    TICKETS,
    Told,
    compared,
    prior,
    published,
    spanned,
    thin,
)
from commands._grammar import Query, read
from storage.known import columns
from storage.known.cases import cases
from storage.known.complaints import heard
from storage.known.customers import identities
from storage.known.voices import voices
from storage.links import Key
from storage.metrics._felt import Felt, felt
from storage.metrics.after_delivery import BANDS, METRIC, After, Outcome, after

CAUSE = "An association, not a cause: late orders may differ in other ways too."


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"), by=(), days=730
    )
    if isinstance(query, Notice):
        return query
    who = identities(session)
    wanted = {who.get(ref, ref) for ref in query.refs("customer") | query.refs("account")}
    if len(wanted) > 1 and (several := choice(open_book(session, ask), query, COMMAND.name)):
        return several
    felt_ = _felt(session, ask, who, wanted)
    span = local_days(query.window.start, query.window.end, ask.zone)
    found = after(felt_, (span[0].toordinal(), span[1].toordinal()), ask.today.toordinal())
    if not found.orders and not found.lost.n:
        return _nothing(query)
    first, *others = (compared(told, one) for told, one in _known(found))
    said = [*others, prior(found.bad), CAUSE]
    return Answer(
        title=f"After late deliveries {query.label}".strip(),
        summary=Sentence(first, ("customers",)),
        detail=tuple(Sentence(one, ("customers",)) for one in said if one),
        readings=_readings(found),
        table=_table(found),
        chart=_chart(found),
        basis=(
            basis(session, ask, METRIC, query.window.start, query.window.end, n=found.orders,
                  coverage=found.heard / found.customers if found.heard else None),
        ),
        notes=_notes(found),
        evidence=orders_behind(session, ask, felt_, span, who) if ask.wants_evidence else None,
        follow_ups=(
            FollowUp("How many are late?", "otif"), FollowUp("What do they say?", "feedback"),
            FollowUp("Who may leave?", "churn"),
        ),
    )  # fmt: skip


def _felt(session: Session, ask: Ask, who: Mapping[Key, Key], wanted: set[Key]) -> Felt:
    lines = columns.sales(session, ask.now, zone=ask.zone)
    if wanted:
        theirs = [key for key, company in who.items() if company in wanted]
        lines = lines.of("customer", theirs)
    return felt(
        lines, who, voices(session, ask.now, who), cases(session, ask.now, who),
        heard(session, who), ask.today.toordinal(),
    )  # fmt: skip


def _all(found: After) -> list[tuple[Told, Outcome]]:
    return [(BAD, found.bad), (TICKETS, found.tickets), (LOST, found.lost)]


def _known(found: After) -> list[tuple[Told, Outcome]]:
    """The outcomes of which anything is known; answers where nothing is."""
    return [(told, one) for told, one in _all(found) if one.n] or [(BAD, found.bad)]


def _readings(found: After) -> tuple[Reading, ...]:
    readings = []
    for told, one in _all(found):
        for when, share in (("late", one.late), ("in time", one.in_time)):
            name = f"{told.name} after orders {when}"
            readings.append(Reading(name, share.rate, "share", "customers", METRIC.id,
                                    low=share.low, high=share.high))  # fmt: skip
    return (*readings, Reading("orders", found.orders, "", "customers", METRIC.id),
            Reading("customers", found.customers, "", "customers", METRIC.id))  # fmt: skip


def _table(found: After) -> Table:
    weak, known = thin(found.bad), _known(found)
    columns_ = [Column("Delivered", "customers")]
    for told, _ in known:
        columns_ += [Column(told.name.capitalize(), "customers", "share", METRIC.id),
                     Column(f"95 %, of {told.things}", "customers")]  # fmt: skip
    columns_ += [Column("Published", "customers")] if weak else []
    rows = []
    for at, band in enumerate(BANDS):
        row: list[Value] = [band]
        for _, one in known:
            row += [one.by_band[at].rate, spanned(one.by_band[at])]
        rows.append((*row, *([published(band) if band in weak else "–"] if weak else [])))
    return Table(tuple(columns_), tuple(rows), total=len(rows))


def _chart(found: After) -> Chart | None:
    """Bad answers by band; none where there are none to show."""
    if not found.bad.n:
        return None
    values = tuple(one.rate for one in found.bad.by_band)
    return Chart(
        "bar", "Bad answers by delivery", BANDS, (Series("bad answers", values),), "customers",
        "share",
    )  # fmt: skip


def _notes(found: After) -> tuple[Sentence, ...]:
    notes = ["Not delivered: called off after its day, or still owed."]
    if not found.bad.n:
        notes.append("No answer to a survey after a delivery is known.")
    if not found.tickets.n:
        notes.append("No ticket can be told: they are known of customers matched to the CRM.")
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"No delivery{of} {query.when} to look back on",
        "It needs orders with a promised day, or the day asked for, whose 30 days after are over.",
        (FollowUp("All time", "experience last 10 years"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="experience",
    summary="What late deliveries do to customers: bad answers, tickets, no further order.",
    usage="experience [customer] [window]",
    examples=("experience", "experience last 365 days"),
    topics=("customers",),
    answer=answer,
    synonyms=("delivery experience", "after late deliveries", "effect of lateness"),
    asks=(
        "what do late deliveries do to our customers",
        "do late orders cost us customers",
        "does lateness make customers unhappy",
        "do customers leave after late deliveries",
        "effect of late deliveries on satisfaction",
    ),
)
