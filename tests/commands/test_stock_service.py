import pytest

from commands._stock_service import ServiceError, read_service


@pytest.mark.parametrize(
    ("line", "share", "rest"),
    [
        ("bolt service 95 %", 0.95, "bolt"),
        ("Bolt Service 98%", 0.98, "Bolt"),
        ("service level of 99.5 % bolt in North", 0.995, "bolt in North"),
        ("bolt service 90", 0.9, "bolt"),
        ("bolt", None, "bolt"),
    ],
)
def test_a_service_level_is_read_as_one_says_it(line, share, rest):
    found, words = read_service(line.split())
    assert found == (None if share is None else pytest.approx(share))
    assert " ".join(words) == rest


@pytest.mark.parametrize(
    "line", ["service", "service x", "service 100", "service 4", "service nan"]
)
def test_what_is_no_service_level_is_said_to_be_none(line):
    with pytest.raises(ServiceError):
        read_service(line.split())
