from datetime import timedelta

import msgspec
import pytest

from bot.alerts.rule import Rule


def test_a_rule_survives_being_kept_as_json():
    rule = Rule("r", "otif by customer", "C1", "below 90 %", each=True, keep=timedelta(hours=2))
    assert msgspec.convert(msgspec.to_builtins(rule), Rule) == rule


def test_a_rule_of_an_unknown_kind_is_refused():
    with pytest.raises(msgspec.ValidationError, match="kind"):
        msgspec.convert({"id": "r", "ask": "otif", "channel": "C1", "kind": "odd"}, Rule)
