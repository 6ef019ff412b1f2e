"""How is a figure computed? A metric's formula, unit, caveats and version; and of one answer what
went into it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from commands import Answer, Ask, Basis, Command, FollowUp, Notice, Sentence, Table
from commands import answer as answered
from commands import load as commands
from commands._grammar import nearest, shorten
from commands._lookup import command_of
from storage.metrics import Metric, load

UNITS = {"d": "days", "share": "share, shown as a percentage"}


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    metrics = load()
    if not words:
        return _list(metrics)
    phrase = " ".join(words)
    spelled = _spellings(metrics)
    if found := spelled.get(_plain(phrase)):
        return _definition(found)
    for at, word in enumerate(words):
        named = spelled.get(_plain(" ".join(words[:at])))
        if word.lower() == "of" and named and words[at + 1 :]:
            return _of(session, ask, named, words[at + 1 :])
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


def _of(session: Session, ask: Ask, metric: Metric, words: Sequence[str]) -> Answer | Notice:
    """How the figures of one line were computed: formula, window, what was counted and not."""
    line, registry = " ".join(words), commands()
    command, _ = command_of(words, registry)
    if command is None or not command.topics:
        text = f"Write the line of a figure after `of`, like `define {metric.id} of {metric.id}`."
        return Notice(f"“{shorten(line)}” has no figures", text, error=True)
    said = answered(session, replace(ask, line=line, wants_evidence=True), registry)
    if isinstance(said, Notice):
        return said
    rests = next((one for one in said.basis if one.metric == metric.id), None)
    if rests is None:
        ups = tuple(
            FollowUp(one.metric, f"define {one.metric} of {line}") for one in said.basis
        )  # fmt: skip
        return Notice(f"That does not rest on {metric.title.lower()}", "It rests on:", ups)
    topics = said.summary.topics
    return Answer(
        title=f"How {metric.title.lower()} is computed",
        summary=Sentence(f"**{said.title}**: {metric.formula}", topics),
        detail=tuple(Sentence(text, topics) for text in _counted(ask, line, rests, said.evidence)),
        readings=tuple(one for one in said.readings if one.metric == metric.id),
        evidence=said.evidence,
        basis=(rests,),
        notes=tuple(Sentence(text, ()) for text in metric.caveats),
        follow_ups=(FollowUp("The answer", line),),
    )


def _counted(ask: Ask, line: str, rests: Basis, evidence: Table | None) -> list[str]:
    start, end = (at.astimezone(ask.zone) for at in (rests.start, rests.end))
    window = f"{start:%-d %b %Y} to {end:%-d %b %Y %H:%M}"
    texts = [
        f"Asked: {line}.",
        f"Window: {window}; days begin at midnight in {ask.zone.key}.",
    ]
    states = _states(evidence) if evidence else {}
    kept = [f"{count:,} {state}" for state, count in states.items() if not _is_left_out(state)]
    left = [
        f"{count:,} {state.partition(':')[2].strip()}"
        for state, count in states.items()
        if _is_left_out(state)
    ]
    texts.append(f"Counted: {', '.join(kept) or f'{rests.n:,}, {rests.open:,} of them open'}.")
    if left:
        texts.append(f"Left out: {'; '.join(left)}.")
    return texts


def _states(evidence: Table) -> dict[str, int]:
    """How many rows counted as what, the most frequent first."""
    at = next((at for at, one in enumerate(evidence.columns) if one.name == "State"), None)
    if at is None:
        return {}
    return dict(Counter(str(row[at]) for row in evidence.rows).most_common())


def _is_left_out(state: str) -> bool:
    return state.startswith("left out")


def _spellings(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    return {_plain(name): metric for metric in metrics.values() for name in _names(metric)}


def _names(metric: Metric) -> tuple[str, ...]:
    return metric.id, metric.title, *metric.synonyms


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


COMMAND = Command(
    name="define",
    summary="How a figure is computed, in general or for one line, with the rows behind it.",
    usage="define <metric> [of <line>]",
    examples=("define lead-time", "define churn", "define lead-time of lead-time last 90 days"),
    topics=(),
    answer=answer,
    synonyms=("definition", "how is computed", "explain"),
)
