from datetime import timedelta

import msgspec

from bot.digests.plan import Digest, Plan, legs


def test_a_digest_survives_being_kept_as_json():
    made = Digest(
        "d", "C1", "0 9 * * 1", "Europe/Berlin", ("churn",), also=("U1",),
        only_if="exposed above 0", catch_up=timedelta(hours=1),
    )  # fmt: skip
    assert msgspec.convert(msgspec.to_builtins(made), Digest) == made


def test_a_digest_has_a_leg_for_each_place_that_it_goes_to():
    made = Digest("d", "C1", "0 9 * * 1", "UTC", ("churn",), also=("U1", "C1", "C2", "U1"))
    assert [(one.id, one.channel, one.title, one.also) for one in legs(made)] == [
        ("d", "C1", "d", ()), ("d>U1", "U1", "d", ()), ("d>C2", "C2", "d", ()),
    ]  # fmt: skip


def test_what_stands_in_leadline_toml_is_fixed():
    made = Digest("d", "C1", "0 9 * * 1", "UTC", ("churn",))
    assert Plan(made).is_fixed
    assert not Plan(made, 3).is_fixed
