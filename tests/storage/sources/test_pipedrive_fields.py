import pytest

from storage.sources._pipedrive_fields import Labels, path_of

HASH = "dcf558aac1ae4e8c4f849ba5e668430d8df9be12"
LABELS = Labels.of(iter([
    {"field_code": "title", "field_name": "Title"},
    {"field_code": HASH, "field_name": "Kind of deal",
     "options": [{"id": 27, "label": "Renewal"}, {"id": 28, "label": "New"}]},
]))  # fmt: skip


def test_a_field_of_ones_own_is_in_a_record_within():
    assert path_of(HASH) == f"custom_fields.{HASH}"
    assert path_of("probability") == "probability"


def test_what_is_not_there_is_answered_with_labels_and_their_hashes():
    assert LABELS.unknown("deals", f"custom_fields.{HASH}") is None
    assert LABELS.unknown("deals", "title") is None
    said = LABELS.unknown("deals", "Kind of a deal")
    assert said.startswith(f"deals: no field 'Kind of a deal'; near: Kind of deal ({HASH})")


@pytest.mark.parametrize(
    ("value", "seen"),
    [(27, "Renewal"), ("28", "New"), ({"id": 27}, "Renewal"), ({"value": 9.5}, 9.5), (None, None),
     (99, 99)],
)  # fmt: skip
def test_a_value_is_told_as_people_see_it(value, seen):
    record = {"id": 1, "custom_fields": {HASH: value, "other": 1}}
    spelled = LABELS.spelled(record, [f"custom_fields.{HASH}", "title"])
    assert spelled == {"id": 1, "custom_fields": {HASH: seen, "other": 1}}


def test_a_record_without_fields_of_ones_own_stays_one():
    assert LABELS.spelled({"id": 1}, [f"custom_fields.{HASH}"]) == {"id": 1, "custom_fields": {}}
