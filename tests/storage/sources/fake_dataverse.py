"""One environment of Dataverse: tables with labels and lookups, some of them tracked.

A value with a label is a pair, a lookup a triple with the table that it leads to. Times are kept to
the second, and pages above 5,000 records are not to be had.
"""

import copy
import itertools
from functools import partial
from typing import Any

from storage.sources._http import Http
from storage.sources.dataverse import Dataverse, Settings, open_dataverse
from tests.storage.sources.fake_odata4 import FakeOData, Set
from tests.storage.sources.fake_odata4_filter import Refused

TENANT, SECRET = "0f5c6b6e-tenant", "secret-of-a-test"
URL, LOGIN = "https://org.crm4.example.com", "https://login.example.com"
SHOWN = "OData.Community.Display.V1.FormattedValue"
KIND = "Microsoft.Dynamics.CRM.lookuplogicalname"


def _types(**kinds: str) -> dict[str, str]:
    found = {name: kind for kind, names in kinds.items() for name in names.split()}
    return {"createdon": "DateTimeOffset", "modifiedon": "DateTimeOffset", **found}


def _activity(**kinds: str) -> Set:
    types = _types(
        Guid="activityid _regardingobjectid_value", Int32="statecode", String="subject",
        DateTimeOffset="actualstart actualend scheduledstart scheduledend senton",
    )  # fmt: skip
    return Set(types | _types(**kinds), "activityid", "modifiedon")


SETS: dict[str, Set] = {
    "accounts": Set(
        _types(Guid="accountid _masterid_value _ownerid_value _transactioncurrencyid_value",
               String="name accountnumber websiteurl emailaddress1 address1_country",
               Int32="industrycode statecode", Decimal="revenue", Boolean="merged"),
        "accountid", "modifiedon",
    ),
    "contacts": Set(
        _types(Guid="contactid _parentcustomerid_value", String="fullname emailaddress1",
               Boolean="donotemail donotbulkemail"),
        "contactid", "modifiedon",
    ),
    "opportunities": Set(
        _types(Guid="opportunityid _parentaccountid_value _customerid_value _ownerid_value"
               " _transactioncurrencyid_value", String="name stepname",
               Int32="statecode statuscode", Decimal="estimatedvalue actualvalue",
               Date="estimatedclosedate", DateTimeOffset="actualclosedate"),
        "opportunityid", "modifiedon",
    ),
    "incidents": Set(
        _types(Guid="incidentid _customerid_value", String="ticketnumber title",
               Int32="statecode statuscode prioritycode"),
        "incidentid", "modifiedon",
    ),
    "phonecalls": _activity(Boolean="directioncode"),
    "emails": _activity(Boolean="directioncode"),
    "appointments": _activity(),
    "entitlements": Set(
        _types(Guid="entitlementid _customerid_value _transactioncurrencyid_value", String="name",
               Int32="statecode", DateTimeOffset="startdate enddate"),
        "entitlementid", "modifiedon",
    ),
    "msfp_surveyresponses": _activity(Int32="msfp_npsscore", DateTimeOffset="msfp_submitdate"),
    "transactioncurrencies": Set(
        _types(Guid="transactioncurrencyid", String="isocurrencycode currencyname"),
        "transactioncurrencyid",
    ),
}  # fmt: skip


class FakeDataverse(FakeOData):
    """`tracked` are the sets whose changes are tracked."""

    stamp_digits = "seconds"
    largest_page = 5_000

    def __init__(self, *tracked: str, url: str = URL, login: str = LOGIN) -> None:
        super().__init__(url, login, SECRET)
        self.sets = copy.deepcopy(SETS)
        for name in tracked:
            self.sets[name].is_tracked = True
        self._ids = itertools.count(1)
        self.write("transactioncurrencies", guid(7), isocurrencycode="EUR", currencyname="Euro")

    def write(self, name: str, key: Any, visible_after: float = 0.0, /, **values: Any) -> None:
        super().write(name, key, visible_after, **values)
        row = self.sets[name].latest(key)
        for field in ("modifiedon", "createdon"):
            if field in self.sets[name].types:
                row[field] = row.get(field, self.now).replace(microsecond=0)

    def answer(self, name: str, asked: dict[str, str], prefer: str) -> Any:
        path = name.removeprefix("api/data/v9.2/")
        if path == name:
            raise Refused(404, "0x80060888", f"no such API: {name}")
        if path == "EntityDefinitions":
            if "EntityDefinitions" in self.denied:
                raise Refused(403, "0x80040220", "no privilege prvReadEntity")
            if asked.get("$filter") != "ChangeTrackingEnabled eq true":
                raise Refused(400, "0x80060888", "this service is taught one question only")
            return {"value": [{"EntitySetName": one, "MetadataId": guid(1)}
                              for one, found in self.sets.items() if found.is_tracked]}  # fmt: skip
        return super().answer(name, asked, prefer)

    def shown(self, name: str, row: dict[str, Any], asked: dict[str, str], prefer: str) -> Any:
        plain = {one: value[0] if isinstance(value, tuple) else value
                 for one, value in row.items()}  # fmt: skip
        body = super().shown(name, plain, asked, prefer)
        for one in list(body):
            value = row.get(one)
            if isinstance(value, tuple):
                if SHOWN in prefer:
                    body[f"{one}@{SHOWN}"] = value[1]
                if len(value) > 2 and KIND in prefer:
                    body[f"{one}@{KIND}"] = value[2]
        return body

    def new(self) -> str:
        return guid(next(self._ids) * 7919 % 1_000_003)


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def lookup(kind: str, key: str, name: str = "") -> tuple[str, str, str]:
    return key, name or kind, kind


def dataverse(fake: FakeDataverse, tries: int = 5, **settings: Any) -> Dataverse:
    """The source on the fake; waiting moves the fake's clock."""
    made = Settings(
        key="dataverse:main", kind="dataverse", tenant=TENANT, client="app", url=URL, login=LOGIN,
        secret=settings.pop("secret", SECRET), **settings,
    )  # fmt: skip
    return open_dataverse(
        made, partial(Http, transport=fake.transport(), sleep=fake.advance, seed=1, tries=tries)
    )
