"""Health of a customer: what is known of it as parts from 0 to 100, and their weighted mean."""

from dataclasses import dataclass
from datetime import date

from storage.known.customers import Customer
from storage.metrics import Metric
from storage.metrics._signals import LONG_OPEN, RECENT, order_rhythm

METRIC = Metric(
    id="health-score",
    version=1,
    title="Health",
    formula=(
        "The weighted mean of parts from 0 to 100: orders 30 (100 while not quiet for longer than"
        " usual, 50 at the gap that 9 in 10 do not exceed, 0 at twice that), delivery 25 (100 less"
        " two for each percent of lines late in 90 days), tickets 15 (100 less 25 for each open"
        " over 10 days and 10 for each opened in 90 days), survey 15 (ten times the last NPS"
        " answer), payment 10 (100 when nothing is overdue, 0 at 60 days), touch 5 (100 within 30"
        " days of the last contact, 0 after 180)."
    ),
    unit="pts",
    better="higher",
    needs=(
        "salesorder", "salesline", "shipment", "ticket", "surveyresponse", "invoice", "activity",
    ),
    caveats=(
        "A part that is not known is left out and the others weigh more; it is never 0.",
        "Coverage is the weight of the parts that are known; under half there is no score.",
        "Orders are left out while we hold a late order of theirs.",
        "The weights are a choice, not fitted to who left.",
    ),
    synonyms=("health", "health score", "customer health"),
)  # fmt: skip

WEIGHTS = {"orders": 30, "delivery": 25, "tickets": 15, "survey": 15, "payment": 10, "touch": 5}
LEAST_COVERAGE = 0.5
SURVEY_AGE = 365
OVERDUE_WORST = 60
TOUCH_BEST, TOUCH_WORST = 30, 180


@dataclass(frozen=True)
class Known:
    """What is known of a customer beside its orders: null or false where nothing is.

    `late_share` of its lines of 90 days, `lines` of them; `last_touch`: when we last spoke.
    """

    late_share: float | None = None
    lines: int = 0
    last_touch: date | None = None
    has_tickets: bool = False
    has_bills: bool = False


@dataclass(frozen=True)
class Part:
    """One part of a score: its value (null: missing), its weight, and how old it is in days."""

    name: str
    weight: int
    value: float | None
    words: str
    age: int | None = None


@dataclass(frozen=True)
class Health:
    """The score, null where too little is known; `coverage` is the share of weight known."""

    parts: tuple[Part, ...]

    @property
    def coverage(self) -> float:
        known = sum(part.weight for part in self.parts if part.value is not None)
        return known / sum(part.weight for part in self.parts)

    @property
    def score(self) -> float | None:
        if self.coverage < LEAST_COVERAGE:
            return None
        known = [part for part in self.parts if part.value is not None]
        weight = sum(part.weight for part in known)
        return sum(part.weight * (part.value or 0) for part in known) / weight


def health(one: Customer, known: Known, today: date) -> Health:
    """The health of a customer on a day."""
    return Health((
        _orders(one, today), _delivery(known), _tickets(one, known, today), _survey(one, today),
        _payment(one, known, today), _touch(known, today),
    ))  # fmt: skip


def _part(name: str, value: float | None, words: str, age: int | None = None) -> Part:
    inside = None if value is None else min(100.0, max(0.0, value))
    return Part(name, WEIGHTS[name], inside, words, age)


def _orders(one: Customer, today: date) -> Part:
    beat = order_rhythm(one, today)
    if beat is None or beat.usual is None or beat.p90 is None:
        return _part("orders", None, "too few orders")
    if one.late:
        return _part("orders", None, "not judged while we are late")
    words = f"quiet {beat.quiet} d, usually every {beat.usual:g} d"
    if beat.quiet <= beat.usual:
        return _part("orders", 100, words, beat.quiet)
    if beat.quiet <= beat.p90:
        share = (beat.quiet - beat.usual) / (beat.p90 - beat.usual)
        return _part("orders", 100 - 50 * share, words, beat.quiet)
    longest = max(beat.p90, 1)
    return _part("orders", 50 * (2 - beat.quiet / longest), words, beat.quiet)


def _delivery(known: Known) -> Part:
    if known.late_share is None or not known.lines:
        return _part("delivery", None, "nothing due in 90 d")
    words = f"{100 * known.late_share:.0f} % of {known.lines} lines late in 90 d"
    return _part("delivery", 100 - 200 * known.late_share, words)


def _tickets(one: Customer, known: Known, today: date) -> Part:
    if not known.has_tickets:
        return _part("tickets", None, "no tickets are read")
    old = sum(
        1
        for ticket in one.tickets
        if ticket.closed_on is None and (today - ticket.opened_on).days > LONG_OPEN
    )
    recent = sum(1 for ticket in one.tickets if (today - ticket.opened_on).days < RECENT)
    words = f"{recent} in {RECENT} d, {old} open over {LONG_OPEN} d"
    return _part("tickets", 100 - 25 * old - 10 * recent, words)


def _survey(one: Customer, today: date) -> Part:
    if not one.nps:
        return _part("survey", None, "never answered")
    day, score = one.nps[-1]
    age = (today - day).days
    if age > SURVEY_AGE:
        return _part("survey", None, f"last answer {age} d old", age)
    return _part("survey", 10 * float(score), f"NPS {score.normalize():f}", age)


def _payment(one: Customer, known: Known, today: date) -> Part:
    if not known.has_bills:
        return _part("payment", None, "no bills are known")
    worst = max(((today - due).days for due in one.overdue), default=0)
    words = f"{worst} d overdue" if worst else "nothing overdue"
    return _part("payment", 100 - 100 * worst / OVERDUE_WORST, words)


def _touch(known: Known, today: date) -> Part:
    if known.last_touch is None:
        return _part("touch", None, "no contact is known")
    age = (today - known.last_touch).days
    span = TOUCH_WORST - TOUCH_BEST
    return _part("touch", 100 - 100 * (age - TOUCH_BEST) / span, f"last contact {age} d ago", age)
