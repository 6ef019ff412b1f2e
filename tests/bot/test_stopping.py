import os
import signal

import pytest

from bot.stopping import ASKED, stoppable


def stop():
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_a_pull_behind_its_page():
    shown, said = [], []
    with (
        pytest.raises(SystemExit, match="130"),
        stoppable(lambda *what: shown.append(what), said.append) as show,
    ):
        show("orders", 1, 9)
        stop()
        assert said == [ASKED]
        show("orders", 2, 9)
        raise AssertionError("it should have ended")
    assert shown == [("orders", 1, 9), ("orders", 2, 9)]


def test_a_second_one_ends_it_at_once():
    said = []
    with pytest.raises(SystemExit, match="130"), stoppable(lambda *what: None, said.append):
        stop()
        stop()
    assert said == [ASKED, "Stopped. The next sync goes on from there."]


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with stoppable(lambda *what: None, print):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
