"""From HubSpot's objects to facts: which property is read for what, and how."""

from datetime import date, datetime

from storage.sources import BadRow, Row, event
from storage.sources._hubspot_activity import ACTIVITIES
from storage.sources._hubspot_record import ObjectType, Record, moment

# What each is called here -> the properties that HubSpot ships, the likeliest first. Fields with
# an empty name have no standard property: leadline.toml can name one of the account's own, as it
# can for any other. What an account does not have is left out of its answers, and null.
COMPANIES = {
    "name": "name", "number": "", "domain": "domain", "vat": "", "country": "country",
    "segment": "industry", "owner": "hubspot_owner_id", "annual_revenue": "annualrevenue",
    "currency": "", "street": "address", "postcode": "zip", "city": "city",
    "merged_ids": "hs_merged_object_ids",
}  # fmt: skip
CONTACTS = {
    "email": "email", "opted_out": "hs_email_optout", "merged_ids": "hs_merged_object_ids",
}  # fmt: skip
DEALS = {
    "name": "dealname", "kind": "dealtype", "stage": "dealstage", "amount": "amount",
    "currency": "deal_currency_code", "closes": "closedate", "is_closed": "hs_is_closed",
    "is_won": "hs_is_closed_won", "owner": "hubspot_owner_id",
    "merged_ids": "hs_merged_object_ids",
}  # fmt: skip
TICKETS = {
    "number": "hs_ticket_id", "subject": "subject", "status": "hs_pipeline_stage",
    "priority": "hs_ticket_priority", "opened": "createdate",
    "first_response": "first_agent_reply_date", "closed": "closed_date",
    "merged_ids": "hs_merged_object_ids",
}  # fmt: skip
SUBSCRIPTIONS = {
    "number": "hs_name", "starts_on": "hs_recurring_billing_start_date hs_start_date",
    "ends_on": "hs_recurring_billing_end_date hs_end_date", "renewal_on": "hs_renewal_date",
    "notice_days": "notice_days", "auto_renew": "auto_renew", "mrr": "hs_mrr",
    "currency": "hs_currency_code", "status": "hs_status", "churned": "", "reason": "",
    "frequency": "hs_recurring_billing_frequency",
}  # fmt: skip
FEEDBACK = {
    "kind": "hs_survey_type", "question": "hs_industry_standard_question_type",
    "score": "hs_value", "comment": "hs_content", "responded": "hs_submission_timestamp",
    "contact": "hs_contact_id",
}  # fmt: skip

KINDS = {
    "newbusiness": "new", "new": "new", "existingbusiness": "upsell", "upsell": "upsell",
    "renewal": "renewal",
}  # fmt: skip
ENDED = frozenset({"canceled", "cancelled", "expired"})
SCALES = {"nps": 10, "ces": 7, "csat": None}  # a csat has 3 or 5 steps, and does not say which


def _company(record: Record) -> Row:
    domain = record.text("domain")
    return {
        "name": record.text("name") or domain or f"company {record.id}",
        "number": record.text("number"),
        "domain": domain.lower() if domain else None,
        "vat": record.text("vat"),
        "country": record.text("country"),
        "segment": record.text("segment"),
        "owner": record.owner(),
        "annual_revenue": record.number("annual_revenue"),
        "currency": record.text("currency"),
        "address": ", ".join(filter(None, map(record.text, ("street", "postcode", "city"))))
        or None,
    }


def _contact(record: Record) -> Row:
    opted_out = record.flag("opted_out")
    return {
        "account_ref": record.account,
        "email": record.text("email"),
        "may_contact": None if opted_out is None else not opted_out,
    }


def _deal(record: Record) -> Row:
    is_closed = bool(record.flag("is_closed"))
    closes = record.when("closes")
    kind = record.text("kind")
    return {
        "account_ref": record.account,
        "name": record.text("name"),
        "kind": KINDS.get(kind.lower(), kind) if kind else None,
        "stage": record.text("stage"),
        "amount": record.number("amount"),
        "currency": record.text("currency"),
        "closes_on": record.day("closes"),
        "is_closed": is_closed,
        "is_won": bool(record.flag("is_won")),
        "closed_at": event("closed", closes, record.zone)["closed_at"] if is_closed else None,
        "owner": record.owner(),
    }


def _ticket(record: Record) -> Row:
    opened = record.when("opened") or moment("createdAt", str(record.raw.get("createdAt")))
    return {
        "account_ref": record.account,
        "number": record.text("number") or record.id,
        "subject": record.text("subject"),
        "status": record.text("status"),
        "priority": (record.text("priority") or "").lower() or None,
        **event("opened", opened, record.zone),
        "first_response_at": event("first", record.when("first_response"), record.zone)["first_at"],
        **event("closed", record.when("closed"), record.zone),
    }


def _subscription(record: Record) -> Row:
    status = (record.text("status") or "").lower() or None
    frequency = record.text("frequency")
    return {
        "account_ref": record.account,
        "number": record.text("number") or record.id,
        "starts_on": record.day("starts_on"),
        "ends_on": record.day("ends_on"),
        "renewal_on": record.day("renewal_on"),
        "notice_days": record.whole("notice_days"),
        "auto_renew": record.flag("auto_renew"),
        "mrr": record.number("mrr"),
        "currency": record.text("currency"),
        "status": status,
        **event("churned", _churned(record, status), record.zone),
        "reason": record.text("reason"),
        "attributes": {"billing": frequency} if frequency else None,
    }


def _churned(record: Record, status: str | None) -> datetime | date | None:
    """When it ended: as the account says, else at the end of its term, else as it was changed."""
    if status not in ENDED:
        return None
    ended = record.day("ends_on") if status == "expired" else None
    return record.when("churned") or ended or record.updated


def _feedback(record: Record) -> Row | None:
    kind = (record.text("kind") or "").lower()
    if kind not in SCALES:  # a survey of one's own says what it is like
        kind = (record.text("question") or "").lower()
    if kind not in SCALES:
        return None
    responded = record.when("responded")
    if responded is None:
        raise BadRow(f"no {record.names['responded']}")
    return {
        "account_ref": record.account,
        "kind": kind,
        "score": record.number("score"),
        "scale": SCALES[kind],
        **event("responded", responded, record.zone),
        "comment": record.text("comment"),
    }


OBJECTS = {
    one.name: one
    for one in (
        ObjectType(
            "companies", "account", COMPANIES, _company, has_account=False, keeps_merged=True
        ),
        ObjectType("contacts", "contact", CONTACTS, _contact, modified="lastmodifieddate"),
        ObjectType("deals", "opportunity", DEALS, _deal),
        ObjectType("tickets", "ticket", TICKETS, _ticket),
        ObjectType("subscriptions", "contract", SUBSCRIPTIONS, _subscription),
        # an answer is linked to the contact who gave it and to nothing else
        ObjectType(
            "feedback_submissions", "surveyresponse", FEEDBACK, _feedback, account_of="contact"
        ),
        *ACTIVITIES,
    )
}
