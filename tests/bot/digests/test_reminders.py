"""Whoever looks after a customer is told of its notice deadline, once, and nobody else."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.blocks import blocks, fallback
from bot.channel import Desk
from bot.digests.reminders import choices, choose, chosen, remind
from commands import Grant, load
from storage.models import Account, Audit, Contract, Outbox, OwnerLink, ScheduledRun
from tests.bot.slack_judge import judge_message
from tests.commands.dialogue import BERLIN, NOW, grant, synced
from tests.commands.story import day, tell
from tests.storage.world import World

DAY = timedelta(days=1)
ANA, MAX = "U0ANA", "U0MAX"


class Office:
    """A company, what its people may see, and what broke."""

    def __init__(self, world):
        self.world, self.faults = world, []
        self.grants = {ANA: Grant.everything(), MAX: Grant.everything()}
        self.desk = Desk(
            world.store, load(), self.grant_of,
            blocks=lambda said: blocks(said, BERLIN, is_shared=True), text=fallback,
            guarded=self.guarded,
        )  # fmt: skip
        self.link("ana@example.com", ANA)

    def grant_of(self, user):
        if isinstance(found := self.grants[user], Exception):
            raise found
        return found

    def guarded(self, name, fn):
        try:
            return fn()
        except Exception as error:  # noqa: BLE001 - it stands in for the boundary
            self.faults.append((name, error))
            return None

    def link(self, name, user):
        with self.world.store.writer() as session:
            session.merge(OwnerLink(name=name, slack_user=user, at=NOW))

    def chose(self, user, days):
        with self.world.store.writer() as session:
            choose(session, user, days, NOW)

    def run(self, at=NOW, standard=60):
        return remind(self.desk, BERLIN, standard, at)

    def rows(self, kind=Outbox):
        with self.world.reader() as session:
            return session.exec(select(kind).order_by(kind.id)).all()

    def told(self):
        return [row for row in self.rows() if row.kind == "post"]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    world = tell(World(folder))
    world.save()
    world.store.close()
    return (folder / "world.db").read_bytes()


@pytest.fixture
def office(tmp_path, story):
    (tmp_path / "world.db").write_bytes(story)
    made = Office(World(tmp_path))
    yield made
    made.world.store.close()


def test_the_owner_is_told_of_the_deadline_with_how_the_customer_was_served(office):
    assert office.run() == 1
    first, *thread = office.rows()
    assert (first.channel, first.topics[0]) == (ANA, "customers")
    title, when, text, _ = first.blocks
    assert title["text"]["text"] == "Harbour & Sons: decide by 19 April 2026"
    assert when["elements"][0]["text"] == "For you as account owner · in 30 days"
    assert text["text"]["text"].startswith(
        "*The notice deadline is 19 April* (in 30 days), before the contract ends or renews on"
        " 9 May 2026.\n"
    )
    sentences = text["text"]["text"].split("\n")[1:]
    assert sentences[0].startswith("*Customer Harbour &amp; Sons*  Harbour &amp; Sons")
    assert sentences[-1].startswith("*Exposed Harbour &amp; Sons*  EUR 44,000 a year is exposed")
    assert {(one.kind, one.parent, one.channel) for one in thread} == {("reply", first.key, ANA)}
    for one in (first, *thread):
        judge_message(one.blocks, one.text)


def test_the_owner_is_known_however_the_data_write_the_name(office):
    office.link("ana@example.com", "")
    office.link("ana weiss", ANA)
    with office.world.store.writer() as session:
        for one in session.exec(select(Account).where(Account.owner == "ana@example.com")):
            one.owner = "Ana  Weiß"
            session.add(one)
    assert office.run() == 1


def test_it_is_told_once_for_a_deadline_and_anew_when_that_moves(office):
    for days in range(4):
        office.run(NOW + days * DAY)
    assert len(office.told()) == 1
    moved = NOW + 4 * DAY
    (contract,) = office.rows(Contract)
    office.world.change(
        "contract", contract.source_id, "renewal_on", day(-57), moved - timedelta(hours=3),
        old=contract.renewal_on, source=office.world.crm,
    )  # fmt: skip
    office.world.save()
    assert office.run(moved) == 1
    assert [row.blocks[0]["text"]["text"][-13:] for row in office.told()] == [
        "19 April 2026", "26 April 2026",
    ]  # fmt: skip


def test_it_comes_from_nine_oclock_on_and_once_a_day(office):
    early = NOW - timedelta(hours=5)  # 08:00 in Berlin
    assert (office.run(early), office.rows(ScheduledRun)) == (0, [])
    assert office.run(early + timedelta(hours=1)) == 1
    assert [row.period for row in office.rows(ScheduledRun)] == ["2026-03-20"]


def test_nobody_is_told_who_did_not_ask_where_leadline_toml_says_nothing(office):
    assert office.run(standard=0) == 0
    office.chose(ANA, 60)
    assert office.run(NOW + DAY, standard=0) == 1


def test_what_a_person_chose_stands_before_what_is_said_for_all(office):
    office.chose(ANA, 0)
    assert office.run() == 0
    office.chose(ANA, 10)
    assert [office.run(NOW + days * DAY) for days in (1, 19, 20)] == [0, 0, 1]
    with office.world.reader() as session:
        assert (chosen(session, ANA), chosen(session, MAX)) == (10, None)


def test_who_may_not_see_customers_is_told_nothing(office):
    office.grants[ANA] = grant("supply", "revenue")
    assert office.run() == 0
    assert office.rows() == []


def test_who_may_see_less_gets_less(office):
    office.grants[ANA] = grant("customers")
    assert office.run() == 1
    assert "44,000" not in str([row.blocks for row in office.rows()])
    assert {topic for row in office.rows() for topic in row.topics} == {"customers"}


def test_an_owner_without_a_slack_user_is_nobody(office):
    office.link("ana@example.com", "")
    assert office.run() == 0


def test_one_that_breaks_is_tried_again_an_hour_later(office):
    office.grants[ANA] = TimeoutError()
    assert office.run() == 0
    assert office.faults[0][0].startswith("reminder ")
    office.grants[ANA] = Grant.everything()
    assert office.run(NOW + timedelta(minutes=10)) == 0
    assert office.run(NOW + timedelta(hours=1)) == 1
    assert office.run(NOW + timedelta(hours=2)) == 0


def test_where_no_period_of_notice_is_known_the_end_counts_and_that_is_said(tmp_path):
    world = World(tmp_path)
    for name, notice in (("Acme", None), ("Burr", 0)):
        account = world.account(name, owner="Ana@Example.com")
        world.contract(account, day(700), ends=day(-20), notice_days=notice)
    synced(world)
    office = Office(world)
    assert office.run() == 2
    acme, burr = (str(row.blocks) for row in office.told())
    assert "Acme: ends on 9 April 2026" in acme
    assert "Its period of notice is not known, so this is the end itself." in acme
    assert "The notice deadline is 9 April" in burr


def test_what_a_person_chose_and_when_is_kept(office):
    office.chose(ANA, 60)
    office.chose(MAX, 30)
    office.chose(ANA, 0)
    with office.world.reader() as session:
        assert choices(session, ANA, 3) == [(NOW, 0), (NOW, 60)]
        rows = session.exec(select(Audit).where(Audit.what == f"reminders {ANA}")).all()
    assert [(one.who, one.action, one.before, one.after) for one in rows] == [
        (ANA, "chose", None, {"days": 60}), (ANA, "chose", {"days": 60}, {"days": 0})
    ]  # fmt: skip
