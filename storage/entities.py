"""How a thing in the data is named by one text that stands for as long as the thing is there."""

from typing import Literal

from storage.links import Key

Kind = Literal[
    "supplier", "customer", "item", "purchase", "sale", "purchaseline", "salesline", "contract",
    "ticket",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "supplier", "customer", "item", "purchase", "sale", "purchaseline", "salesline", "contract",
    "ticket",
)  # fmt: skip


def entity(kind: Kind, key: Key | None) -> str:
    """Its kind, source and reference there: "supplier:odoo:erp/7"; "" for nothing.

    A line names it so too, or without the kind: `suppliers odoo:erp/7`.
    """
    return f"{kind}:{key[0]}/{key[1]}" if key else ""


def read_entity(text: str) -> tuple[Kind, Key] | None:
    """The kind and the key that a text names; null for one that is no such name."""
    kind, _, rest = text.partition(":")
    source, _, ref = rest.partition("/")
    if kind not in KINDS or not source or not ref:
        return None
    return kind, (source, ref)
