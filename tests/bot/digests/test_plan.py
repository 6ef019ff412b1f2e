from datetime import timedelta

import msgspec

from bot.digests.plan import Digest


def test_a_digest_survives_being_kept_as_json():
    made = Digest(
        "d", "C1", "0 9 * * 1", "Europe/Berlin", ("churn",), also=("U1",),
        only_if="exposed above 0", catch_up=timedelta(hours=1),
    )  # fmt: skip
    assert msgspec.convert(msgspec.to_builtins(made), Digest) == made
