import threading

from bot.demo._events import MOST_EVENTS, Events


def events():
    return Events(lambda viewer, channel: channel != "D1" or viewer == "U1")


def kinds(made, viewer, since=0, wait=0.0):
    return [one["kind"] for one in made.since(viewer, since, wait)]


def test_everyone_sees_what_is_for_everyone_and_what_is_for_them():
    made = events()
    made.tell("a")
    made.tell("b", "U1")
    assert (kinds(made, "U1"), kinds(made, "U2")) == (["a", "b"], ["a"])
    assert kinds(made, "U1", since=1) == ["b"]


def test_what_happens_in_a_talk_of_two_no_third_person_sees():
    made = events()
    made.tell("message", message={"channel": "D1"})
    made.tell("deleted", channel="D1")
    made.tell("message", message={"channel": "C1"})
    assert len(kinds(made, "U1")) == 3
    assert kinds(made, "U2") == ["message"]


def test_who_waits_is_told_as_soon_as_something_happens():
    made, seen = events(), []
    waiting = threading.Thread(target=lambda: seen.extend(kinds(made, "U1", wait=10)))
    waiting.start()
    made.tell("a")
    waiting.join(10)
    assert seen == ["a"]


def test_only_the_latest_are_kept():
    made = events()
    for at in range(MOST_EVENTS + 3):
        made.tell(str(at))
    assert kinds(made, "U1")[0] == "3"
    assert len(kinds(made, "U1")) == MOST_EVENTS
