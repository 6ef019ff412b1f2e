"""How is a figure computed? A metric's formula, unit, caveats and version."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from commands import Ask, Command, FollowUp, Notice
from commands._grammar import nearest, shorten
from storage.metrics import Metric, load

UNITS = {"d": "days", "share": "share, shown as a percentage"}


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Notice:
    metrics = load()
    if not words:
        return _list(metrics)
    phrase = " ".join(words)
    spelled = _spellings(metrics)
    if found := spelled.get(_plain(phrase)):
        return _definition(found)
    names = {name: metric for metric in metrics.values() for name in _names(metric)}
    near = dict.fromkeys(names[name].id for name in nearest(phrase, names))
    ids = list(near) or sorted(metrics)[:5]
    return Notice(
        f"I have no metric “{shorten(phrase)}”", "Do you mean one of these?",
        tuple(FollowUp(metrics[one].title, f"define {one}") for one in ids), error=True,
    )  # fmt: skip


def _list(metrics: Mapping[str, Metric]) -> Notice:
    choices = tuple(FollowUp(one.title, f"define {one.id}") for one in metrics.values())
    return Notice("What is measured", "Say which: `define <metric>`.", choices)


def _definition(metric: Metric) -> Notice:
    lines = [
        metric.formula,
        f"Unit: {UNITS.get(metric.unit, metric.unit) or 'a number'}; {metric.better} is better.",
    ]
    if metric.dimensions:
        lines.append(f"Can be split by: {', '.join(metric.dimensions)}.")
    lines += [f"• {caveat}" for caveat in metric.caveats]
    lines.append(f"Definition {metric.id}@{metric.version}.")
    return Notice(f"How {metric.title.lower()} is computed", "\n".join(lines))


def _spellings(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    return {_plain(name): metric for metric in metrics.values() for name in _names(metric)}


def _names(metric: Metric) -> tuple[str, ...]:
    return metric.id, metric.title, *metric.synonyms


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


COMMAND = Command(
    name="define",
    summary="How a figure is computed: formula, unit, caveats and version.",
    usage="define <metric>",
    examples=("define lead-time", "define churn"),
    topics=(),
    answer=answer,
    synonyms=("definition", "how is computed", "explain"),
)
