"""All buttons, fields and dialogs of digests are taken by the app, and by nothing else of it."""

from itertools import chain

from bot.digests import fields, listing
from bot.digests.talk import DIGESTS
from bot.features import FEATURES


def test_every_button_of_the_list_and_the_dialog_is_taken():
    taken = {*DIGESTS.opens, *DIGESTS.acts, *DIGESTS.changes}
    assert {listing.NEW, listing.EDIT, listing.HISTORY, listing.SEND, listing.END} <= taken
    assert {fields.LOOK, fields.START, fields.TRY} <= taken
    assert fields.VIEW in DIGESTS.sends


def test_no_other_part_takes_a_word_of_digests():
    assert DIGESTS in FEATURES
    words = [*chain.from_iterable((*f.opens, *f.acts, *f.changes) for f in FEATURES)]
    assert len(words) == len(set(words))
