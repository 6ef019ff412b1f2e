"""Notices by which a system says that something changed: who may send them, and what they do.

A notice makes the streams of its source due and nothing else. What it tells is not believed, so
one that comes twice, late or out of order does no harm.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qs

import msgspec

TOLERANCE = timedelta(minutes=5)
PATH = "/nudge/"
LONGEST_TOKEN = 2048

# what came since this process began, by "taken" and "refused"
counted: Counter[str] = Counter()


@dataclass(frozen=True)
class Nudge:
    """Whose notices are taken: the source's key and kind, and the secret it shares with its system.

    `url` is the address that the system calls, as the world sees it; some sign it.
    """

    key: str
    kind: str
    secret: str
    url: str = ""


@dataclass(frozen=True)
class Call:
    """A notice as it came: headers by their names in small letters, the body byte for byte, what
    stands in the path behind the source's name, and our time."""

    headers: Mapping[str, str]
    body: bytes
    rest: str
    now: datetime


def _hubspot(nudge: Nudge, call: Call) -> bool:
    stamp = _header(call, "x-hubspot-request-timestamp")
    signed = b"POST" + nudge.url.encode() + call.body + stamp.encode()
    given = _header(call, "x-hubspot-signature-v3")
    return _is_fresh(stamp, 1000, call.now) and _is_same(_base64(nudge.secret, signed), given)


def _stripe(nudge: Nudge, call: Call) -> bool:
    """One of the signatures must fit: there are two while a secret is exchanged for another."""
    parts = [one.strip().partition("=") for one in _header(call, "stripe-signature").split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "")
    expected = _hex(nudge.secret, stamp.encode() + b"." + call.body)
    fits = [_is_same(expected, value) for name, _, value in parts if name == "v1"]
    return _is_fresh(stamp, 1, call.now) and any(fits)


def _body_in(header: str, nudge: Nudge, call: Call) -> bool:
    """What signs the body alone, in base64, in a header of the vendor's own."""
    return _is_same(_base64(nudge.secret, call.body), _header(call, header))


def _easypost(nudge: Nudge, call: Call) -> bool:
    secret = unicodedata.normalize("NFKD", nudge.secret)
    expected = f"hmac-sha256-hex={_hex(secret, call.body)}"
    return _is_same(expected, _header(call, "x-hmac-signature"))


def _client_state(nudge: Nudge, call: Call) -> bool:
    """Business Central signs nothing: its notices repeat the `clientState` that it was given."""
    try:
        said = msgspec.json.decode(call.body.removeprefix(b"\xef\xbb\xbf"), type=_Notices)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    fits = [_is_same(nudge.secret, one.state) for one in said.value]
    return bool(fits) and all(fits)


def _in_path(nudge: Nudge, call: Call) -> bool:
    """Odoo, and any other that signs nothing, calls an address that only it knows."""
    return _is_same(nudge.secret, call.rest)


# How each kind of source shows that a notice is its own. Where the vendor publishes an example
# the tests hold it; the pages:
# developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
# docs.stripe.com/webhooks/signatures, aftership.com/docs/tracking/webhook/webhook-signature
# docs.easypost.com/guides/webhooks-guide, docs.frappe.io/framework/user/en/guides/integration
# developer.shiphero.com/webhooks, learn.microsoft.com (Working with webhooks in Business Central)
SIGNED: Mapping[str, Callable[[Nudge, Call], bool]] = {
    "aftership": partial(_body_in, "aftership-hmac-sha256"),
    "business_central": _client_state,
    "easypost": _easypost,
    "erpnext": partial(_body_in, "x-frappe-webhook-signature"),
    "hubspot": _hubspot,
    "shiphero": partial(_body_in, "x-shiphero-hmac-sha256"),
    "stripe": _stripe,
}
SIGNS_ITS_ADDRESS = frozenset({"hubspot"})


def is_signed(nudge: Nudge, call: Call) -> bool:
    """Whether the notice is of the source's own system; what is not is counted."""
    found = SIGNED.get(nudge.kind, _in_path)(nudge, call)
    counted["taken" if found else "refused"] += 1
    return found


def handshake(nudge: Nudge, query: str) -> str | None:
    """What is to be said to a system that asks, once, whether we are there; null if it does not.

    It is not signed, and the answer is its own token: whoever asks learns nothing.
    """
    if nudge.kind != "business_central":
        return None
    token = parse_qs(query).get("validationToken", [""])[0]
    return token if 0 < len(token) <= LONGEST_TOKEN and token.isprintable() else None


class _Notice(msgspec.Struct):
    state: str = msgspec.field(name="clientState", default="")


class _Notices(msgspec.Struct):
    value: list[_Notice]


def _header(call: Call, name: str) -> str:
    return call.headers.get(name, "")


def _is_fresh(stamp: str, per_second: int, now: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 16):
        return False
    return abs(now.timestamp() - int(stamp) / per_second) <= TOLERANCE.total_seconds()


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha256).digest()


def _hex(secret: str, signed: bytes) -> str:
    return _digest(secret, signed).hex()


def _base64(secret: str, signed: bytes) -> str:
    return base64.b64encode(_digest(secret, signed)).decode()


def _is_same(expected: str, given: str) -> bool:
    """In a time that tells nothing of how much of it was right."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
