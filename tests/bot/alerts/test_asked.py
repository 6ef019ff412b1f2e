"""Whoever may see the figure of an alert may ask for it; to others it is not there."""

import pytest
from sqlmodel import select

from bot.alerts.asked import NOT_HERE, Asked, asked, named
from bot.replies import UNKNOWN_ASKER
from bot.settings import Access
from storage.models import AlertMessage
from tests.bot.alerts.test_deeds import RULE, fired_in
from tests.bot.conversation import ADA, GENERAL, GUEST, NOOR, OPS, replies

pytestmark = pytest.mark.slow  # a conversation over HTTP


def test_only_who_may_see_it_where_it_was_told_gets_it(tmp_path):
    with fired_in(tmp_path, RULE) as (_, parts):
        made = replies(parts)
        with parts.worker.store.reader() as session:
            number = str(session.exec(select(AlertMessage.id)).one())
        found = asked(made, number, ADA, OPS)
        assert isinstance(found, Asked)
        assert len(found.standing) == len(found.episodes) == 1
        refused = [(NOOR, OPS), (GUEST, OPS), (ADA, GENERAL), (ADA, ""), ("", OPS)]
        assert [asked(made, number, *one) for one in refused] == [NOT_HERE] * len(refused)
        assert asked(made, "99", ADA, OPS) == asked(made, "²", ADA, OPS) == NOT_HERE
        assert named(made, ADA) == "Ada"
        made.access.entries = {"customers": Access((ADA,), (OPS,))}
        assert asked(made, number, ADA, OPS) == NOT_HERE


def test_where_slack_does_not_answer_nothing_is_shown(tmp_path):
    with fired_in(tmp_path, RULE) as (_, parts):
        made = replies(parts)

        def broken(user, channel):
            raise TimeoutError

        made.access.asking = broken
        assert asked(made, "1", ADA, OPS) == UNKNOWN_ASKER
