import base64

import msgspec
import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._tryton_rpc import NoModel
from tests.storage.sources.fake_tryton import SETTINGS, FakeTryton


@pytest.fixture
def server():
    return FakeTryton()


def rpc(server, **settings):
    return server.open(msgspec.structs.replace(SETTINGS, **settings)).rpc


def failing(server, error):
    """An open session whose next calls end in this error, with status 200 as Tryton has it."""
    found = rpc(server)
    found.call("party.party", "search", [], 0, 1, [["id", "ASC"]])
    server._call = lambda method, params: server._reply({"id": 1, "error": error})
    return found


def test_a_session_is_opened_once_for_many_calls(server):
    found = rpc(server)
    for _ in range(3):
        found.call("party.party", "search_count", [])
    methods = [body["method"] for body in server.asked]
    assert methods.count("common.db.login") == 1
    assert methods.count("model.party.party.search_count") == 3


def test_calls_carry_company_and_language_of_the_user_and_nothing_else(server):
    rpc(server).call("party.party", "search_count", [])
    assert server.asked[-1]["params"] == [[], {"company": 1, "language": "en"}]


def test_a_session_that_is_over_is_opened_anew(server):
    found = rpc(server)
    found.call("party.party", "search_count", [])
    server.sessions["key0"] = "over"
    assert found.call("party.party", "search_count", []) == 0
    assert [body["method"] for body in server.asked].count("common.db.login") == 2


def test_the_session_is_sent_as_tryton_wants_it(server):
    found = rpc(server)
    found.call("party.party", "search_count", [])
    scheme, token = found._session["Authorization"].split()
    assert (scheme, base64.b64decode(token)) == ("Session", b"ann:7:key0")


@pytest.mark.parametrize("wrong", [{"user": "bob"}, {"secret": "not the word"}])
def test_a_wrong_login_says_what_to_check_and_not_the_secret(server, wrong):
    with pytest.raises(SourceError, match="check `user` and the secret") as caught:
        rpc(server, **wrong).call("party.party", "search_count", [])
    assert caught.value.permanent
    assert "word" not in str(caught.value).replace("password", "")


def test_a_database_that_is_not_there_is_named(server):
    with pytest.raises(SourceError, match="no database 'other'") as caught:
        rpc(server, database="other").call("party.party", "search_count", [])
    assert caught.value.permanent


def test_a_model_that_is_not_there_is_named(server):
    with pytest.raises(NoModel, match=r"has no sale\.opportunity"):
        rpc(server).call("sale.opportunity", "search_count", [])


def test_an_error_of_the_user_is_permanent_and_in_its_words(server):
    found = failing(server, ["UserError", ["You may not read it.", "", None]])
    with pytest.raises(SourceError, match="You may not read it") as caught:
        found.call("party.party", "search_count", [])
    assert caught.value.permanent


def test_a_clash_with_another_writer_passes(server):
    found = failing(server, ["ConcurrencyException", ["Records were modified"]])
    with pytest.raises(TryLater):
        found.call("party.party", "search_count", [])


def test_a_fault_of_the_server_may_pass_and_shows_no_secret(server):
    found = failing(server, [f"broke at {SETTINGS.secret}", "Traceback"])
    with pytest.raises(SourceError, match="broke at") as caught:
        found.call("party.party", "search_count", [])
    assert not caught.value.permanent
    assert SETTINGS.secret not in str(caught.value)


def test_what_is_no_tryton_is_said_to_be_none(server):
    server._login = lambda *params: server._reply({"hello": "world"})
    with pytest.raises(SourceError, match="does not answer as a Tryton"):
        rpc(server).call("party.party", "search_count", [])


def test_the_version_needs_no_session(server):
    assert rpc(server, secret="wrong").version() == "8.2"
