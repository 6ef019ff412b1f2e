"""A few statements for many rules, on both engines."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from storage.episode_rows import (
    CHUNK,
    Born,
    among,
    claim,
    held_episodes,
    open_episodes,
    write_born,
    write_courses,
    write_grounds,
)
from storage.models import Episode, RuleState
from storage.telling import Course

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=10)
FIRING = Course(NOON, "firing", fired_at=NOON)


def bear(store, *entities, course=FIRING):
    with store.writer() as session:
        made = write_born(session, [Born("steel", one, one, course) for one in entities], NOON)
        return [one.id for one in made]


def kept(store):
    with store.writer() as session:
        return open_episodes(session, ["steel", "other"]).get("steel", [])


def test_a_rule_that_was_never_evaluated_is_claimed_as_of_1970(store):
    with store.writer() as session:
        claimed = claim(session, ["steel"])
    assert claimed["steel"][0] == datetime(1970, 1, 1, tzinfo=UTC)
    assert claimed["steel"][1].data == "ok"


def test_what_a_rule_stands_on_is_written_where_it_changed(store):
    rules = [f"r{number}" for number in range(CHUNK + 3)]
    with store.writer() as session:
        claimed = claim(session, rules)
        grounds = {
            rule: (ground, ground._replace(n=int(rule[1:]), members=frozenset({"b", "a"})))
            for rule, (_, ground) in claimed.items()
        }
        write_grounds(session, grounds, NOON)
    with store.writer() as session:
        again = claim(session, rules)
        assert again["r7"] == (NOON, grounds["r7"][1])
        assert session.get(RuleState, "r7").members == ["a", "b"]
    assert len(again) == CHUNK + 3


def test_each_episode_of_an_entity_has_the_next_number(store):
    bear(store, "a", "b")
    [(first, second)] = [kept(store)]
    ended = first.course._replace(phase="normal", ended_at=LATER)
    with store.writer() as session:
        write_courses(session, [(first, ended)], LATER)
    bear(store, "a")
    with store.reader() as session:
        found = session.exec(select(Episode).order_by(Episode.id)).all()
    assert [(one.entity, one.number) for one in found] == [("a", 1), ("b", 1), ("a", 2)]
    assert [one.entity for one in kept(store)] == ["b", "a"]
    assert second.entity == "b"


def test_one_that_never_was_is_gone(store):
    (number,) = bear(store, "a", course=Course(NOON, "pending", streak=1))
    (one,) = kept(store)
    assert one.id == number
    with store.writer() as session:
        write_courses(session, [(one, one.course._replace(phase="normal", streak=0))], LATER)
    assert kept(store) == []
    with store.reader() as session:
        assert session.exec(select(Episode)).all() == []


def test_one_that_ended_with_news_held_back_is_still_to_be_found(store):
    bear(store, "a", "b")
    with store.writer() as session:
        first, second = open_episodes(session, ["steel"])["steel"]
        over = {"phase": "normal", "ended_at": LATER}
        held, quiet = first.course._replace(held="fired", **over), second.course._replace(**over)
        write_courses(session, [(first, held), (second, quiet)], LATER)
    with store.writer() as session:
        assert [one.entity for one in held_episodes(session, ["steel"])["steel"]] == ["a"]
        assert open_episodes(session, ["steel"]) == {}


def test_any_number_of_values_fits_into_one_statement(store):
    bear(store, "a", "b")
    with store.writer() as session:
        connection = session.connection()
        many = ["a", *(f"x{number}" for number in range(40_000))]
        found = session.exec(
            select(Episode.entity).where(among(connection, col(Episode.entity), many))
        )
        assert list(found) == ["a"]
