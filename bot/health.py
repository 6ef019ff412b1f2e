"""What a check of a source found, in lines that say what to do about it."""

from collections.abc import Iterator
from datetime import timedelta

from storage.sources import Health, SourceSettings

# ages are told in minutes and more
MOST_SKEW = timedelta(minutes=1)


def told(settings: SourceSettings, health: Health) -> Iterator[str]:
    """What it is in a line, and a line for all that is missing or is not as it is said to be."""
    yield f"{settings.key}: {health.version}, days of {settings.zone}{_clock(health.skew)}"
    yield from (f"  can't read {one}" for one in health.missing)
    if health.zone and health.zone != settings.zone:
        yield (
            f'  its own zone is {health.zone}; if its days begin there, set zone = "{health.zone}"'
        )
    if health.skew is not None and abs(health.skew) > MOST_SKEW:
        yield (
            "  ages of data are wrong by as much as the clocks differ: set the clock of this"
            " machine, or have that of the other set"
        )


def _clock(skew: timedelta | None) -> str:
    if skew is None:
        return ""
    seconds = round(skew.total_seconds())
    if abs(seconds) <= 1:
        return ", its clock is ours"
    by = f"{abs(seconds)} s" if abs(seconds) < 120 else f"{abs(seconds) // 60:,} min"
    return f", its clock is {by} {'ahead of' if seconds > 0 else 'behind'} ours"
