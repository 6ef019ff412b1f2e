"""Everyone reads why a pull failed, and nobody but operators what the source said."""

import pytest

from commands._status_why import OTHER, why


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("erp.internal refuses the key (401): renew it", "an operator can renew it"),
        ("erp.internal refuses the login 'ann' or its password", "its key is refused"),
        ("login.internal gives no token: invalid_grant", "its key is refused"),
        ("crm: the key may not read this (403)", "may not read all"),
        ("erp.internal: did not answer (ConnectError)", "tried again by itself"),
        ("erp.internal: answers 503", "tried again by itself"),
        ("erp.internal: answers 429", "allowance of requests"),
        ("crm: the requests of this day are used up; new ones at 09:00", "allowance of requests"),
        ("items: 500 of 900 rows are gone at the source; nothing was deleted", "much is gone"),
        ("items: 90 of 100 rows make no sense, for example 7: x", "see what was refused"),
        ("po.csv has no column day; it has po", "an operator can put it right"),
        ("there is no file /srv/po.csv", "an operator can put it right"),
        ("something else", OTHER),
    ],
)
def test_an_error_comes_to_what_can_be_done(error, words):
    assert words in why(error)
    assert "internal" not in why(error)
