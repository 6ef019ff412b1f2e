"""Everyone whom the data names as looking after something."""

from sqlalchemy import text
from sqlmodel import Session


def owner_names(session: Session) -> list[str]:
    """The names or e-mail addresses of owners and buyers as the sources spell them, by letters."""
    return [name for (name,) in session.execute(text(_NAMES))]


_NAMES = """
SELECT owner FROM party WHERE deleted_at IS NULL AND owner <> ''
UNION SELECT owner FROM account WHERE deleted_at IS NULL AND owner <> ''
UNION SELECT owner FROM salesorder WHERE deleted_at IS NULL AND owner <> ''
UNION SELECT buyer FROM purchaseorder WHERE deleted_at IS NULL AND buyer <> ''
 ORDER BY 1"""
