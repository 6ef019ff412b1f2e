"""The time of the world."""

from datetime import UTC, datetime


def true_time() -> datetime:
    """The time of the world; what LEADLINE_NOW says is for questions and stamps."""
    return datetime.now(UTC)
