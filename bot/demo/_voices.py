"""What the sample company's customers say: tickets, answers to surveys, calls and mails."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

from bot.demo._agenda import Deed
from bot.demo._cast import AWAITED, DETRACTOR, QUIET, Customer
from bot.demo._relations import Relations
from bot.demo._sales import Sale
from bot.demo._works import Works
from bot.demo.hubspot import Crm, iso

SUBJECTS = ("Delivery incomplete", "Invoice question", "Surface scratched", "Wrong colour",
            "Assembly instructions", "Missing screws", "Return of one piece")  # fmt: skip
LATE_SUBJECTS = ("Where is {}?", "{} is late", "{}: we have no new date", "When does {} arrive?")
COMMENTS = {
    "glad": ("Good quality and always on time.", "Easy to work with.", None, None),
    "fine": ("Good products, prices went up.", "All right.", None, None),
    "late": ("Deliveries have become unreliable.", "We had to move our own dates twice.",
             "Good benches, but nobody tells us when they come."),
}  # fmt: skip
HARSH = "Second order in a row that is late, and nobody gives us a date. We are looking elsewhere."
OWN_REASONS = "We are closing stores and will order less; nothing to do with you."
REMEMBERED = timedelta(days=75)
COMPLAINS, ANSWERS = 0.4, 0.6
NEW, CLOSED = "1", "4"


class Voices:
    """Lets customers speak. `sold` is to be told of every sale."""

    def __init__(self, works: Works, crm: Crm, relations: Relations) -> None:
        self.works, self.crm, self.relations = works, crm, relations
        self._late: dict[str, list[datetime]] = defaultdict(list)

    def meet(self, customer: Customer) -> None:
        works, at, rng = self.works, self.works.begin, self.works.rng
        self._at(works.after(at, 40, 0.6), "ticket", partial(self._any_ticket, customer))
        self._at(at + timedelta(days=110 * rng.random()), "survey", partial(self._asked, customer))
        self._at(at + timedelta(days=25 * rng.random()), "touch", partial(self._touch, customer))
        if customer.name == DETRACTOR:
            self._at(works.days_ago(5), "survey",
                     lambda when: self._answer(customer, "NPS", 3, HARSH, when))  # fmt: skip
        if customer.name == QUIET:
            self._at(works.days_ago(58), "survey",
                     lambda when: self._answer(customer, "NPS", 7, OWN_REASONS, when))  # fmt: skip

    def sold(self, sale: Sale, at: datetime) -> None:
        """Remembers to ask for the order when it is late."""
        waits = timedelta(days=self.works.rng.uniform(0.6, 2.5))
        self._at(sale.promised + waits, "late", partial(self._miss, sale))

    def _miss(self, sale: Sale, at: datetime) -> None:
        if sale.shipped_at is not None:
            return
        self._late[sale.customer.name].append(at)
        if sale.customer.name in AWAITED or self.works.rng.random() < COMPLAINS:
            subject = self.works.rng.choice(LATE_SUBJECTS).format(sale.name)
            ticket = self._ticket(sale.customer, subject, "HIGH", at)
            self._at(at + timedelta(days=2), "close", partial(self._close_when_there, sale, ticket))

    def _close_when_there(self, sale: Sale, ticket: int, at: datetime) -> None:
        if sale.shipped_at is None:
            self._at(at + timedelta(days=1), "close", partial(self._close_when_there, sale, ticket))
            return
        self._close(sale.customer, ticket, at)

    def _any_ticket(self, customer: Customer, at: datetime) -> None:
        works, rng = self.works, self.works.rng
        ticket = self._ticket(
            customer, rng.choice(SUBJECTS), rng.choice(("LOW", "MEDIUM", "HIGH")), at
        )
        self._at(works.after(at, 3.0, 0.8), "close", partial(self._close, customer, ticket))
        if not customer.has_left(at, works.opened_at) or customer.name == QUIET:
            upset = customer.name == QUIET and at > works.days_ago(90)
            following = works.after(at, 14.0 if upset else 65.0, 0.5)
            self._at(following, "ticket", partial(self._any_ticket, customer))

    def _ticket(self, customer: Customer, subject: str, priority: str, at: datetime) -> int:
        replied = self.works.after(at, 0.2, 0.9)
        ticket = self.crm.create(
            "tickets",
            {"subject": subject, "hs_pipeline_stage": NEW, "hs_ticket_priority": priority,
             "createdate": iso(at)},
            at,
            self.relations.companies[customer.name],
        )  # fmt: skip
        self._at(replied, "reply", lambda when: self.crm.change(
            "tickets", ticket, {"first_agent_reply_date": iso(when)}, when))  # fmt: skip
        return ticket

    def _close(self, customer: Customer, ticket: int, at: datetime) -> None:
        closed = {"hs_pipeline_stage": CLOSED, "closed_date": iso(at)}
        self.crm.change("tickets", ticket, closed, at)
        rng = self.works.rng
        if rng.random() < 0.3:
            score = max(1, rng.choice((4, 5, 5)) - min(2, self._recently_late(customer, at)))
            self._at(self.works.after(at, 1.0, 0.5), "survey", lambda when: self._answer(
                customer, "CSAT", score, None, when))  # fmt: skip

    def _asked(self, customer: Customer, at: datetime) -> None:
        """A survey; who has waited in vain gives less, and says so."""
        works, rng = self.works, self.works.rng
        if customer.has_left(at, works.opened_at):
            return
        if rng.random() < ANSWERS:
            late = self._recently_late(customer, at)
            score = max(0, min(10, round(rng.gauss(8.7, 1.1) - 2.2 * min(late, 3))))
            mood = "late" if late and score < 8 else "glad" if score > 8 else "fine"
            self._answer(customer, "NPS", score, rng.choice(COMMENTS[mood]), at)
        self._at(works.after(at, 115, 0.15), "survey", partial(self._asked, customer))

    def _recently_late(self, customer: Customer, at: datetime) -> int:
        return sum(at - late < REMEMBERED for late in self._late[customer.name])

    def _answer(
        self, customer: Customer, kind: str, score: int, comment: str | None, at: datetime
    ) -> None:
        self.crm.create(
            "feedback_submissions",
            {"hs_survey_type": kind, "hs_value": str(score), "hs_content": comment,
             "hs_submission_timestamp": iso(at),
             "hs_contact_id": str(self.relations.contacts[customer.name])},
            at,
        )  # fmt: skip

    def _touch(self, customer: Customer, at: datetime) -> None:
        """A mail, a call or a visit."""
        works, rng = self.works, self.works.rng
        has_left = customer.has_left(at, works.opened_at)
        inbound = not has_left and rng.random() < 0.45
        chance = rng.random()
        if chance < 0.6:
            kind, how = "emails", {
                "hs_email_direction": "INCOMING_EMAIL" if inbound else "EMAIL",
                "hs_email_status": "SENT"}  # fmt: skip
        elif chance < 0.9:
            kind, how = "calls", {
                "hs_call_direction": "INBOUND" if inbound else "OUTBOUND",
                "hs_call_status": "COMPLETED"}  # fmt: skip
        else:
            kind, how = "meetings", {"hs_meeting_start_time": iso(at),
                                     "hs_meeting_outcome": "COMPLETED"}  # fmt: skip
        company = self.relations.companies[customer.name]
        self.crm.create(kind, {"hs_timestamp": iso(at), **how}, at, company)
        if not has_left or customer.name == QUIET:
            self._at(works.after(at, 24, 0.5), "touch", partial(self._touch, customer))

    def _at(self, when: datetime, kind: str, deed: Deed) -> None:
        self.works.agenda.at(when, kind, deed)
