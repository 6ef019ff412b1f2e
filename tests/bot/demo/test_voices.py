from bot.demo._cast import AWAITED, DETRACTOR, QUIET, customers
from bot.demo._relations import Relations
from bot.demo._sales import Sale
from bot.demo._voices import CLOSED, HARSH, NEW, OWN_REASONS, Voices
from bot.demo.hubspot import Crm
from tests.bot.demo.small_works import DAY, T0, small_works


def heard(*names, days=400, opened=400, sales=()):
    """The CRM after so many days in which some customers could speak."""
    works, crm = small_works(opened_at=T0 + opened * DAY), Crm()
    relations = Relations(works, crm)
    voices = Voices(works, crm, relations)
    for customer in customers():
        if customer.name in names:
            relations.meet(customer)
            voices.meet(customer)
    for sale in sales:
        voices.sold(sale, T0)
    works.agenda.run_to(T0 + days * DAY)
    return crm


def late_sale(name, *, shipped=None):
    customer = next(one for one in customers() if one.name == name)
    return Sale(customer, 1, 1, "S00042", 1, T0 + 10 * DAY, shipped_at=shipped)


def subjects(crm, stage):
    return [one.properties["subject"] for one in crm.of("tickets").values()
            if one.properties["hs_pipeline_stage"] == stage]  # fmt: skip


def test_who_waits_in_vain_asks_and_the_ticket_stays_open_until_it_is_there():
    name = next(iter(AWAITED))
    sale = late_sale(name)
    crm = heard(name, days=30, sales=[sale])
    assert [one for one in subjects(crm, NEW) if "S00042" in one]
    shipped = late_sale(name, shipped=T0 + 9 * DAY)
    assert not [one for one in subjects(heard(name, days=30, sales=[shipped]), NEW)
                if "S00042" in one]  # fmt: skip


def test_a_ticket_is_closed_when_the_order_has_left():
    name = next(iter(AWAITED))
    sale = late_sale(name)
    works, crm = small_works(), Crm()
    relations = Relations(works, crm)
    voices = Voices(works, crm, relations)
    relations.meet(sale.customer)
    voices.sold(sale, T0)
    works.agenda.run_to(T0 + 20 * DAY)
    sale.shipped_at = T0 + 21 * DAY
    works.agenda.run_to(T0 + 30 * DAY)
    [ticket] = [one.properties for one in crm.of("tickets").values()]
    assert ticket["hs_pipeline_stage"] == CLOSED
    assert ticket["createdate"] < ticket["first_agent_reply_date"] < ticket["closed_date"]


def test_who_was_let_down_gives_less():
    glad = heard("Atlas Office", "Bergen Interiors", days=1_200, opened=1_200)
    nps = [int(one.properties["hs_value"]) for one in glad.of("feedback_submissions").values()
           if one.properties["hs_survey_type"] == "NPS"]  # fmt: skip
    assert sum(nps) / len(nps) > 7.5
    assert all(0 <= one <= 10 for one in nps)
    works, crm = small_works(), Crm()
    voices = Voices(works, crm, Relations(works, crm))
    sale = late_sale("Atlas Office")
    voices.relations.meet(sale.customer)
    for _ in range(3):
        voices._miss(sale, T0)
    for _ in range(20):
        voices._asked(sale.customer, T0 + DAY)
    sad = [int(one.properties["hs_value"]) for one in crm.of("feedback_submissions").values()]
    assert sum(sad) / len(sad) < 5


def test_an_answer_is_linked_to_the_person_who_gave_it():
    crm = heard("Atlas Office", days=700, opened=700)
    assert crm.of("feedback_submissions")
    for one in crm.of("feedback_submissions").values():
        assert int(one.properties["hs_contact_id"]) in crm.of("contacts")
        assert one.company is None


def test_the_two_of_the_story_say_what_they_have_to_say():
    crm = heard(DETRACTOR, QUIET)
    said = {one.properties["hs_content"]: one.properties["hs_value"]
            for one in crm.of("feedback_submissions").values()}  # fmt: skip
    assert said[HARSH] == "3"
    assert said[OWN_REASONS] == "7"


def test_customers_are_called_written_to_and_visited():
    crm = heard(*(one.name for one in customers()), days=300, opened=300)
    assert all(crm.of(kind) for kind in ("emails", "calls", "meetings"))
    for kind in ("emails", "calls", "meetings"):
        assert all(one.properties["hs_timestamp"] for one in crm.of(kind).values())
