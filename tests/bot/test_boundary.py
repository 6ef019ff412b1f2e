import logging

import pytest

from bot.boundary import broken, guarded


def test_what_works_gives_its_value():
    assert guarded("answer x", lambda: 7) == 7


def test_what_breaks_gives_null_and_is_logged_and_counted(caplog):
    before = broken["answer"]
    with caplog.at_level(logging.ERROR):
        assert guarded("answer x", lambda: 1 / 0) is None
    assert broken["answer"] == before + 1
    assert "ZeroDivisionError" in caplog.text


def test_the_end_of_the_process_is_not_held_up():
    with pytest.raises(KeyboardInterrupt):
        guarded("x", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
