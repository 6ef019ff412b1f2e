"""Fields of one's own in Pipedrive: hashes with labels, whose values may be numbers of options."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.sources import Row
from storage.sources._entity import nearest, within

HASH = re.compile(r"[0-9a-f]{40}")
OWN = "custom_fields"


def path_of(name: str) -> str:
    """Where a record keeps a field: those of one's own are in a record within."""
    return f"{OWN}.{name}" if HASH.fullmatch(name) else name


@dataclass(frozen=True)
class Labels:
    """The fields of one kind of records by their code: what people call them, and the options."""

    labels: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, described: Iterator[Row]) -> "Labels":
        labels, options = {}, {}
        for one in described:
            code = str(one["field_code"])
            labels[code] = str(one.get("field_name") or code)
            if one.get("options"):
                options[code] = {str(each["id"]): str(each["label"]) for each in one["options"]}
        return cls(labels, options)

    def unknown(self, kind: str, name: str) -> str | None:
        """What to say of a named field that is not there: the nearest labels and their codes."""
        code = name.rpartition(".")[2]
        if code in self.labels or name.partition(".")[0] in self.labels:
            return None
        by_label = {label: code for code, label in self.labels.items()}
        near = nearest(name, [*by_label, *self.labels]).split(", ")
        shown = [f"{one} ({by_label[one]})" if one in by_label else one for one in near]
        return f"{kind}: no field {code!r}; near: {', '.join(shown)}"

    def spelled(self, record: Row, names: list[str]) -> Row:
        """The record with the values of these fields as people see them.

        An option is a number, or a record with its `id`; an amount is a record with its `value`.
        """
        own = dict(record.get(OWN) or {})
        for name in names:
            code = name.rpartition(".")[2]
            if code in own:
                own[code] = _plain(own[code], self.options.get(code, {}))
        return {**record, OWN: own}


def _plain(value: Any, options: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        value = within(value, "value") if "value" in value else value.get("id")
    return options.get(str(value), value)
