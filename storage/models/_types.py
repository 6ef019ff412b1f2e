"""How instants, dates, money and quantities stand in a column, the same on both engines."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MONEY_SCALE = 10_000
QTY_SCALE = 1_000_000


def instant_to_int(value: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime; a naive one is a ValueError."""
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value.isoformat()}")
    return (value - EPOCH) // MICROSECOND


def int_to_instant(value: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970."""
    return EPOCH + value * MICROSECOND


def decimal_to_int(value: Decimal, scale: int) -> int:
    """A decimal in whole units of 1/scale, halves to even; infinities are a ValueError."""
    if not value.is_finite():
        raise ValueError(f"not a number that can be stored: {value}")
    return int((value * scale).to_integral_value(rounding=ROUND_HALF_EVEN))


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else instant_to_int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else int_to_instant(value)


class LocalDate(TypeDecorator[date]):
    """A calendar day at some site, stored as ISO text; never shifted by a zone."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class _Scaled(TypeDecorator[Decimal]):
    impl = BigInteger
    cache_ok = True
    scale = 1

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return None if value is None else decimal_to_int(value, self.scale)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / self.scale


class Money(_Scaled):
    """An amount in some currency, stored in ten-thousandths."""

    cache_ok = True
    scale = MONEY_SCALE


class Qty(_Scaled):
    """A quantity in some unit, stored in millionths."""

    cache_ok = True
    scale = QTY_SCALE
