from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from storage.sources import BadRow, SourceError
from storage.sources._mqtt_map import Message, Topic, fits, id_of, parts, reading, require

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIELDS = {"device": "id", "value": "t", "seen": "at"}
TEMPERATURE = Topic("plant/+/temp", FIELDS, {"measure": "temperature", "unit": "C"})


def read(body, topic="plant/dock/temp", how=TEMPERATURE):
    body = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return [reading(part, BERLIN) for part in parts(Message(topic, body), [how])]


def test_a_message_is_a_reading_whose_id_is_device_measure_and_time():
    [row] = read({"id": "s1", "t": 21.5, "at": "2026-03-02T13:00:00+01:00"})
    assert row == {
        "source_id": "s1/temperature/2026-03-02T12:00:00+00:00",
        "device": "s1", "measure": "temperature",
        "value": Decimal("21.5"), "unit": "C", "place": None, "shipment_ref": None, "lot_ref": None,
        "item_ref": None, "seen_at": AT, "seen_on": date(2026, 3, 2),
    }  # fmt: skip


@pytest.mark.parametrize(
    "at", [1772452800, 1772452800.0, 1772452800000, "2026-03-02T12:00:00Z", "2026-03-02 13:00:00"]
)
def test_a_time_is_seconds_milliseconds_or_iso_text(at):
    [row] = read({"id": "s1", "t": 1, "at": at})
    assert row["seen_at"] == AT


def test_a_list_in_a_message_is_as_many_readings():
    how = Topic(
        "gate",
        {"device": "gate", "measure": "what", "seen": "at", "shipment_ref": "tag"},
        each="tags",
    )
    body = {"gate": "G1", "what": "scan", "at": 1772452800,
            "tags": [{"tag": "N1"}, {"tag": "N2", "at": 1772452801}]}  # fmt: skip
    rows = read(body, "gate", how)
    assert [(row["device"], row["shipment_ref"], row["value"]) for row in rows] == [
        ("G1", "N1", None), ("G1", "N2", None),
    ]  # fmt: skip
    assert rows[0]["seen_at"] < rows[1]["seen_at"]


def test_a_topic_tells_where_and_a_body_may_be_the_value_alone():
    how = Topic("plant/+/+/temp/+", {"place": "/2", "device": "/3", "value": ".", "seen": "/5"},
                {"measure": "temperature"})  # fmt: skip
    [row] = read(b"4.5", "plant/dock/s7/temp/2026-03-02T12:00:00Z", how)
    assert (row["place"], row["device"], row["value"]) == ("dock", "s7", Decimal("4.5"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"t": 1, "at": 5}, "no device"),
        ({"id": "s1", "t": 1}, "no seen: without its time"),
        ({"id": "s1", "t": "warm", "at": 5}, "'warm' is not a number"),
        ({"id": "s1", "t": 1, "at": "soon"}, "'soon' is not a date"),
        ({"id": "s1", "t": 1, "at": 1e300}, "is not a time"),
        (b"\xff\x00 no json", "no device"),
        ([1, 2], "no device"),
    ],
)
def test_what_is_no_reading_is_refused_with_the_reason(body, said):
    with pytest.raises(BadRow, match=said):
        read(body)


def test_what_is_refused_is_named_by_its_topic_and_body():
    [part] = parts(Message("plant/dock/temp", b"hello"), [TEMPERATURE])
    assert id_of(part) == "plant/dock/temp hello"


@pytest.mark.parametrize(
    ("pattern", "topic", "is_one"),
    [("a/b", "a/b", True), ("a/+", "a/b", True), ("a/+", "a/b/c", False), ("a/#", "a/b/c", True),
     ("a/#", "a", True), ("a/b", "a", False), ("#", "a/b", True), ("+/b", "a/c", False)],
)  # fmt: skip
def test_topics_are_matched_as_mqtt_does(pattern, topic, is_one):
    assert fits(pattern, topic) is is_one


def test_a_message_of_no_topic_of_ours_is_nothing():
    assert read({"id": "s1"}, "plant/dock/humidity") == []


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (Topic("a", {"device": "id", "measure": "m"}), "a needs seen"),
        (Topic("a", FIELDS | {"plase": "p"}, {"measure": "x"}), "no field 'plase'; near: place"),
        (
            Topic("a", FIELDS | {"place": "/x"}, {"measure": "x"}),
            "a level of the topic is written /2",
        ),
    ],
)
def test_a_map_that_cannot_be_meant_is_told(topic, said):
    with pytest.raises(SourceError, match=said):
        require([topic])
