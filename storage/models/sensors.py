"""Sensors: what devices measured and scanned."""

from sqlmodel import Index

from storage.models._base import At, Day, Fact, MaybeQty, fact_key


class SensorReading(Fact, table=True):
    """What a device measured or scanned at an instant; never changes.

    `measure` says what: "temperature", or "scan" for a thing that passed, which has no `value`.
    `place` is where, by the name, code or id of a location. `shipment_ref` is what travels: the
    number of a delivery note or a parcel, as its papers bear it.
    """

    __table_args__ = fact_key(
        "sensorreading",
        Index("ix_sensorreading_seen", "measure", "seen_at"),
        Index("ix_sensorreading_shipment", "shipment_ref"),
    )
    device: str
    measure: str
    value: MaybeQty = None
    unit: str | None = None
    place: str | None = None
    shipment_ref: str | None = None
    lot_ref: str | None = None
    item_ref: str | None = None
    seen_at: At
    seen_on: Day
