"""Reads a service level out of a question: `service 95 %`."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

FILLERS = frozenset({"level", "of", "at"})
LEAST, MOST = Decimal(50), Decimal("99.9")
SERVICE_HELP = (
    "Write it like `stock Bolt service 95 %`: of one item, a number from 50 to 99.9. In so many of"
    " 100 rounds of ordering it does not run out."
)


class ServiceError(ValueError):
    """A service level that can't be read."""


def read_service(words: Sequence[str]) -> tuple[float | None, list[str]]:
    """The share after the word "service" and the words that are left; null where nobody says it.

    What can't be read, or is not from 50 to 99.9 %, is a `ServiceError`.
    """
    plain = [word.lower() for word in words]
    if "service" not in plain:
        return None, list(words)
    at = plain.index("service")
    after = at + 1
    while after < len(plain) and plain[after] in FILLERS:
        after += 1
    share = _percent(plain[after]) if after < len(plain) else None
    if share is None:
        raise ServiceError
    after += 1
    if after < len(plain) and plain[after] == "%":
        after += 1
    return share, [*words[:at], *words[after:]]


def _percent(text: str) -> float | None:
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        return None
    return float(number / 100) if number.is_finite() and LEAST <= number <= MOST else None
