"""All buttons, fields and dialogs of alerts are taken by the app."""

from bot.alerts import fields, listing
from bot.alerts.talk import ALERTS, ELEMENTS
from bot.blocks import WATCH
from bot.features import FEATURES, pages


def test_every_button_of_the_list_and_the_dialog_is_taken():
    assert ALERTS in FEATURES
    assert {WATCH, listing.EDIT, listing.HISTORY} == set(ALERTS.opens)
    assert {listing.SILENCE, listing.SPEAK, listing.GIVE_UP, listing.TAKE_BACK, listing.PAGE} == {
        *ALERTS.acts
    }
    assert set(ELEMENTS) == set(ALERTS.changes)
    assert fields.WATCH_VIEW in ALERTS.sends


def test_the_list_of_alerts_is_a_page():
    assert pages()["alerts"] is listing.listing
