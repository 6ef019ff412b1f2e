"""Which customer of the ERP is which account of the CRM: what may be one, and what is."""

from collections.abc import Sequence

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
from commands._churn_words import percent
from commands._grammar import read
from storage.known.customers import identities
from storage.known.profiles import profiles
from storage.link_candidates import Candidate, candidates, linked, rejected
from storage.links import decide
from storage.metrics.match_coverage import METRIC, Coverage, coverage

SURE = 92.0
WRITING = ("confirm", "reject")


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    if words and words[0].lower() in WRITING:
        return _decide(session, ask, words[0].lower(), words[1:])
    query = read(session, ask, words, command=COMMAND.name, kinds=("customer", "account"), by=())
    if isinstance(query, Notice):
        return query
    found = coverage(profiles(session, identities(session)).values())
    if query.named:
        wanted = query.refs("customer") | query.refs("account")
        return _of(session, ask, found, query.label, wanted)
    return _queue(session, ask, found, candidates(session))


def _queue(session: Session, ask: Ask, found: Coverage, waiting: Sequence[Candidate]) -> Answer:
    """What waits for a decision, the likeliest first."""
    count = f"{len(waiting)} pair{'' if len(waiting) == 1 else 's'}"
    of = found.both + found.erp_only
    summary = f"**No customer of the ERP is known yet**; {count} may be one company."
    if of:
        linked_to = f"**{percent(found.value)} of customers are linked to the CRM**"
        summary = f"{linked_to} ({found.both} of {of}); {count} may be one company."
    ups = [FollowUp(f"Confirm {one.party_name}", f"links confirm {one.code}", ("customers",))
           for one in waiting[:1]]  # fmt: skip
    ups += [
        FollowUp(f"Reject {one.party_name}", f"links reject {one.code}", ("customers",))
        for one in waiting[:1]
    ]
    return Answer(
        title="Links",
        summary=Sentence(summary, ("customers",)),
        readings=_readings(found, len(waiting)),
        table=_table(waiting) if waiting else None,
        basis=(_basis(session, ask, found),),
        notes=(_how(),) if waiting else (),
        follow_ups=(*ups, FollowUp("How is this computed?", f"define {METRIC.id}")),
    )


def _of(
    session: Session, ask: Ask, found: Coverage, label: str, wanted: set[tuple[str, str]]
) -> Answer:
    """What one company is linked to, and what it may be."""
    known = [one for one in linked(session) if {one.account, one.party} & wanted]
    maybe = [one for one in candidates(session) if {one.account, one.party} & wanted]
    if known:
        names = ", ".join(f"{one.account_name} (CRM) and {one.party_name} (ERP)" for one in known)
        text = f"**{label} is linked**: {names} are one."
    else:
        text = f"**{label} is not linked**; {len(maybe)} may be the same company."
    ups = [
        FollowUp(f"Part {one.party_name}", f"links reject {one.code}", ("customers",))
        for one in known[:2]
    ]
    ups += [FollowUp(f"Confirm {one.party_name}", f"links confirm {one.code}", ("customers",))
            for one in maybe[:1]]  # fmt: skip
    return Answer(
        title=f"Links {label}",
        summary=Sentence(text, ("customers",)),
        readings=_readings(found, len(maybe)),
        table=_table([*known, *maybe]) if known or maybe else None,
        basis=(_basis(session, ask, found),),
        notes=(_how(),),
        follow_ups=(*ups, FollowUp("All links", "links")),
    )


def _decide(session: Session, ask: Ask, verb: str, words: Sequence[str]) -> Notice:
    """A person's word on a pair, kept with who said it and when."""
    if ask.grant.levels.get("customers") != "full" or not ask.may_write:
        return Notice(
            "Only a person who may see all of customers can decide that",
            "Ask for `links` yourself, and press the button there.", error=True,
        )  # fmt: skip
    pair = _pair(session, " ".join(words))
    if pair is None:
        return Notice(
            "That pair is not there",
            f"Ask for `links` to see what waits, then write `links {verb}` and its code.",
            (FollowUp("Links", "links"),), error=True,
        )  # fmt: skip
    is_rejected = verb == "reject"
    stood = linked(session)
    decide(session, pair.account, pair.party, ask.who, ask.now, is_rejected=is_rejected)
    said = "two companies" if is_rejected else "one company"
    undo = f"links {'confirm' if is_rejected else 'reject'} {pair.code}"
    # a link that this one took the place of comes back only if it is confirmed itself
    for old in rejected(session):
        if old in stood and old.code != pair.code:
            undo = f"links confirm {old.code}"
    return Notice(
        f"{pair.account_name} (CRM) and {pair.party_name} (ERP) are {said} now",
        "All answers count with it from now on.",
        (FollowUp("Undo", undo), FollowUp("What else waits", "links")),
    )


def _pair(session: Session, code: str) -> Candidate | None:
    wanted = code.strip().casefold()
    every = (*candidates(session), *linked(session), *rejected(session))
    return next((one for one in every if one.code == wanted), None)


def _readings(found: Coverage, waiting: int) -> tuple[Reading, ...]:
    counts = [("linked", found.both), ("in the ERP alone", found.erp_only),
              ("in the CRM alone", found.crm_only), ("to decide", waiting)]  # fmt: skip
    return (
        Reading("match coverage", found.value, "share", "customers", METRIC.id),
        *(Reading(name, value, "", "customers", METRIC.id) for name, value in counts),
    )


def _table(some: Sequence[Candidate]) -> Table:
    columns = (
        Column("Code", "customers"),
        Column("In the ERP", "customers"),
        Column("In the CRM", "customers"),
        Column("Alike", "customers", "of 100", METRIC.id),
        Column("What agrees", "customers"),
    )
    rows: list[tuple[Value, ...]] = [
        (one.code, one.party_name, one.account_name, round(one.score),
         ", ".join(one.evidence) or "the names alone")
        for one in some
    ]  # fmt: skip
    bold = frozenset(at for at, one in enumerate(some) if one.score >= SURE and one.evidence)
    return Table(columns, tuple(rows), bold, len(rows))


def _how() -> Sentence:
    text = "“links confirm CODE” and “links reject CODE” decide; who decided is kept."
    return Sentence(text, ("customers",))


def _basis(session: Session, ask: Ask, found: Coverage) -> Basis:
    return basis(session, ask, METRIC, ask.now, ask.now, n=found.both + found.erp_only,
                 coverage=found.value)  # fmt: skip


COMMAND = Command(
    name="links",
    summary="Which customers are linked to the CRM, which pairs wait for your word.",
    usage="links [customer] | links confirm CODE | links reject CODE",
    examples=("links",),
    topics=("customers",),
    answer=answer,
    synonyms=("link", "matching", "unmatched customers"),
    writes=WRITING,
    asks=(
        "which customers are not matched to the crm",
        "unmatched accounts",
        "link customers and accounts",
    ),
)
