"""One of HubSpot's records, read by our names of its properties, and its types of objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row

DAY = timedelta(days=1)
FLAGS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Record:
    """One object, read by our field names. Nothing, an empty text included, is null.

    `names` are the properties of each field with spaces between: the first that is filled counts.
    `owners`: what the people are called whose ids stand in `hubspot_owner_id`.
    """

    raw: Row
    names: Mapping[str, str]
    modified: str
    zone: ZoneInfo
    account: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def updated(self) -> datetime:
        """The stamp that changes are searched by."""
        value = self.raw["properties"].get(self.modified) or self.raw.get("updatedAt")
        found = moment(self.modified, str(value))
        if not isinstance(found, datetime):
            raise BadRow(f"{self.modified} {value!r} has no time")
        return found

    def text(self, name: str) -> str | None:
        return self._read(name)[1]

    def number(self, name: str) -> Decimal | None:
        read, value = self._read(name)
        if value is None:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise BadRow(f"{read} {value!r} is not a number") from None
        if not number.is_finite() or abs(number) >= 10**12:
            raise BadRow(f"{read} {value!r} is not a number that can be meant")
        return number

    def whole(self, name: str) -> int | None:
        number = self.number(name)
        if number is not None and number != int(number):
            raise BadRow(f"{self._read(name)[0]} {number} is not a whole number")
        return None if number is None else int(number)

    def flag(self, name: str) -> bool | None:
        read, value = self._read(name)
        if value is not None and value.lower() not in FLAGS:
            raise BadRow(f"{read} {value!r} is neither true nor false")
        return None if value is None else FLAGS[value.lower()]

    def when(self, name: str) -> datetime | date | None:
        read, value = self._read(name)
        return None if value is None else moment(read, value)

    def owner(self) -> str | None:
        """What the owner is called; their id where that can't be read."""
        found = self.text("owner")
        return self.owners.get(found, found) if found else None

    def day(self, name: str) -> date | None:
        """A calendar day; HubSpot writes one as a date or as midnight UTC, and neither shifts."""
        found = self.when(name)
        if not isinstance(found, datetime):
            return found
        is_day = found.astimezone(UTC).time() == time(0)
        return found.astimezone(UTC if is_day else self.zone).date()

    def merged(self) -> list[str]:
        """The ids of records that were merged into this one; they are no more."""
        ids = (self.text("merged_ids") or "").split(";") if "merged_ids" in self.names else []
        return [found for found in (part.strip() for part in ids) if found and found != self.id]

    def _read(self, name: str) -> tuple[str, str | None]:
        """The property that a field is read from, and its value."""
        names = self.names[name].split()
        for one in names:
            value = self.raw["properties"].get(one)
            if value is not None and (found := str(value).strip()):
                return one, found
        return self.names[name], None


@dataclass(frozen=True)
class ObjectType:
    """One of HubSpot's types of objects: `row` is null for what is no fact (any more).

    `stream` is what its facts come by where that has several types; their ids then begin with
    `prefix`. `modified` is the property that changes are searched by. The account is the company
    that is linked to the record itself, or, where `account_of` names a field, to the contact in
    it. `keeps_merged`: a record that was merged into another stays, and says into which.
    """

    name: str
    table: str
    fields: Mapping[str, str]
    row: Callable[[Record], Row | None]
    modified: str = "hs_lastmodifieddate"
    has_account: bool = True
    account_of: str | None = None
    stream: str = ""
    prefix: str = ""
    keeps_merged: bool = False
    reread_every: timedelta = DAY  # a new link to a company is no change of the record


def moment(name: str, value: str) -> datetime | date:
    """An instant (ISO 8601 or milliseconds) or a day; a time without a zone is refused."""
    try:
        if value.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        if len(value) == 10:
            return date.fromisoformat(value)
        found = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"{name} {value!r} is not a date") from None
    if found.tzinfo is None:
        raise BadRow(f"{name} {value!r} has no time zone")
    return found.astimezone(UTC)
