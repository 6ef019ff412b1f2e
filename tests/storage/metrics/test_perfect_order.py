from storage.known.complaints import Complaint
from storage.metrics.perfect_order import orders_named, perfect
from tests.storage.metrics.deliveries import ago, due

ACME, OTHER = ("odoo:erp", "acme"), ("odoo:erp", "other")


def met(order):
    return due(1, (40, 1), first=30, order=order)


def ticket(text, customer=ACME):
    return Complaint(ago(10), customer, "ticket", text)


def found(lines, *complaints):
    return perfect(lines, orders_named(complaints), {})


def test_an_order_is_perfect_when_every_line_was_on_time_and_in_full():
    one = found([met("S1"), met("S2"), due(first=30, order="S2")])
    assert (one.share.hits, one.share.n, one.is_otif_based) == (1, 2, True)


def test_an_order_that_a_ticket_names_is_not_perfect():
    one = found([met("S1"), met("S2")], ticket("Broken glass in s1, please help"))
    assert (one.share.rate, one.complained, one.is_otif_based) == (0.5, 1, False)


def test_a_number_within_another_or_from_another_customer_names_nothing():
    one = found([met("S1")], ticket("S12 is late"), ticket("S1 arrived broken", OTHER))
    assert (one.share.rate, one.is_otif_based) == (1, True)


def test_a_ticket_of_the_account_that_is_the_customer_counts():
    crm = ("hubspot:crm", "77")
    named = orders_named([ticket("About S1.", crm)])
    assert perfect([met("S1")], named, {ACME: crm}).share.rate == 0


def test_a_bad_survey_answer_names_no_order_and_nothing_due_has_no_rate():
    words = Complaint(ago(10), ACME, "survey", "S1 was bad")
    assert found([met("S1")], words).share.rate == 1
    assert found([]).share.rate is None
