"""What a kind needs is asked for, one after the other, unless it was given."""

import msgspec
import pytest

from bot._values import SettingsError
from bot.asking import answers, asks_of, block_of, pairs
from storage.sources import Ask, Kind, SourceSettings, load


class Plain(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: str
    region: str = "eu"
    limit: int = 3
    skip: tuple[str, ...] = ()
    fields: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    deep: bool = False


PLAIN = Kind("plain", Plain, lambda settings, http: None)


def test_every_kind_asks_for_all_that_it_can_not_do_without():
    for kind in load().values():
        needed = {one.name for one in msgspec.structs.fields(kind.settings) if one.required}
        asks = asks_of(kind)
        filled = {one.name for one in asks} | {"key", "kind"}
        if kind.block is dict:
            assert needed <= filled, kind.name
            assert filled <= set(kind.settings.__struct_fields__), kind.name
        assert all(one.is_secret == (one.name == "secret") for one in asks), kind.name
        assert len({one.name for one in asks}) == len(asks), kind.name


def test_a_kind_that_does_not_say_asks_for_the_texts_that_it_needs():
    assert [one.name for one in asks_of(PLAIN)] == ["url", "account", "secret"]


def test_a_person_is_asked_what_was_not_given_with_what_comes_of_the_answers():
    asks = [
        Ask("url", "Where"), Ask("user", "Who"),
        Ask("mail", "Mail", lambda got: f"{got['user']}@x"),
        Ask("secret", "Key", is_secret=True),
    ]  # fmt: skip
    seen = []

    def prompt(words, default, is_secret):
        seen.append((words, default, is_secret))
        return default or " typed "

    found = answers(asks, {"user": "ann"}, prompt, "/here")
    assert seen == [("Where", None, False), ("Mail", "ann@x", False), ("Key", None, True)]
    assert found == {"user": "ann", "url": "https://typed", "mail": "ann@x", "secret": "typed"}


def test_where_nobody_can_be_asked_the_defaults_count():
    asks = [Ask("url", "Where", "https://x"), Ask("more", "More", "")]
    assert answers(asks, {}, None, ".") == {"url": "https://x", "more": ""}


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (Ask("user", "Who"), "Who: give it by --set user=…"),
        (Ask("key", "Key", lambda given: ""), "--set key=…"),
        (Ask("secret", "Key", is_secret=True), "--secret-file FILE"),
    ],
)
def test_where_nobody_can_be_asked_it_says_how_to_give_it(ask, said):
    with pytest.raises(SettingsError) as raised:
        answers([ask], {}, None, ".")
    assert said in str(raised.value)


def test_answers_become_settings_of_their_types():
    given = pairs([
        "account=7", "url=", "limit=9", "skip=a, b", "fields.contract.renewal_on=R__c", "deep=true",
        "every=5m",
    ])  # fmt: skip
    assert block_of(PLAIN, given) == {
        "account": "7", "limit": 9, "skip": ["a", "b"], "deep": True, "every": "5m",
        "fields": {"contract": {"renewal_on": "R__c"}},
    }  # fmt: skip


def test_a_value_of_the_wrong_type_is_named():
    with pytest.raises(SettingsError, match="limit = 'many'"):
        block_of(PLAIN, {"limit": "many"})


def test_a_key_of_several_lines_can_not_be_typed():
    asks = [Ask("secret", "Key", is_secret=True)]
    with pytest.raises(SettingsError, match="--secret-file FILE"):
        answers(asks, {}, lambda *_: "-----BEGIN PRIVATE KEY-----", ".")
