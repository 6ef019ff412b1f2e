"""What of an answer an audience may see; what is left out is said to be left out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from commands._contract import (
    TOPICS,
    Answer,
    Command,
    FollowUp,
    Grant,
    Notice,
    Sentence,
    Table,
    Topic,
)
from commands._lookup import command_of
from storage.forecasts import load
from storage.issued import Statement

NO_SUCH = "I have nothing that I may show you here for that. Try `help`."


def visible(answer: Answer, grant: Grant, registry: Mapping[str, Command]) -> Answer | Notice:
    """The answer without the sentences, readings, columns, chart and follow-ups of topics that
    `grant` does not allow, nor statements of models of these; a Notice when nothing is left of it.
    """
    denied = {topic for topic in TOPICS if not grant.allows(topic)}
    answer = replace(
        answer, evidence=_table(answer.evidence, denied),
        statements=_told(answer.statements, denied),
    )  # fmt: skip
    hidden = topics_of(answer) & denied
    follow_ups = tuple(up for up in answer.follow_ups if may_ask(up, grant, registry))
    if not hidden:
        return replace(answer, follow_ups=follow_ups)
    readings = tuple(one for one in answer.readings if one.topic not in hidden)
    table = _table(answer.table, hidden)
    detail = _seen(answer.detail, hidden)
    if not (readings or table or detail):
        return refusal(answer.line)
    told = Sentence(f"Left out, as not everyone here may see it: {', '.join(sorted(hidden))}.", ())
    return replace(
        answer,
        summary=_summary(answer, hidden),
        detail=detail,
        readings=readings,
        table=table,
        chart=None if answer.chart and answer.chart.topic in hidden else answer.chart,
        notes=(*_seen(answer.notes, hidden), told),
        basis=tuple(replace(one, notes=_seen(one.notes, hidden)) for one in answer.basis),
        follow_ups=follow_ups,
    )


def left_out(whole: Answer, part: Answer) -> tuple[str, ...]:
    """What an audience that sees `part` does not get of what one that sees `whole` gets."""
    found = ["the first sentence"] if part.summary != whole.summary else []
    if fewer := len(whole.detail) - len(part.detail):
        found.append("a sentence" if fewer == 1 else f"{fewer} sentences")
    if whole.chart and not part.chart:
        found.append("the chart")
    if whole.table and not part.table:
        found.append("the table")
    if whole.table and part.table:
        kept = {column.name for column in part.table.columns}
        names = [column.name for column in whole.table.columns if column.name not in kept]
        found += [f"the column “{name}”" for name in names]
    return tuple(found)


def topics_of(answer: Answer) -> set[Topic]:
    """All topics that an answer speaks of; its evidence is not spoken of."""
    found: set[Topic] = {one.topic for one in answer.readings}
    on_figures = (note for one in answer.basis for note in one.notes)
    for sentence in (answer.summary, *answer.detail, *answer.notes, *on_figures):
        found.update(sentence.topics)
    if answer.table:
        found.update(column.topic for column in answer.table.columns)
    if answer.chart:
        found.add(answer.chart.topic)
    return found


def refusal(line: str) -> Notice:
    """The same words for what may not be seen and what is not there."""
    return Notice("Not here", NO_SUCH, error=True, line=line)


def _seen(sentences: Iterable[Sentence], hidden: set[Topic]) -> tuple[Sentence, ...]:
    return tuple(one for one in sentences if not hidden & set(one.topics))


def _told(statements: tuple[Statement, ...], denied: set[Topic]) -> tuple[Statement, ...]:
    """The statements of models whose topic is not denied; amounts tell of revenue too."""
    if not statements:
        return ()
    models = load()
    return tuple(
        one for one in statements
        if one.model in models and models[one.model].topic not in denied
        and not (one.low is not None and "revenue" in denied)
    )  # fmt: skip


def _summary(answer: Answer, hidden: Iterable[Topic]) -> Sentence:
    if not set(hidden) & set(answer.summary.topics):
        return answer.summary
    return Sentence(f"{answer.title}: only part of the answer may be shown here.", ())


def _table(table: Table | None, hidden: set[Topic]) -> Table | None:
    """The table without hidden columns; none when the column that names its rows is hidden."""
    if table is None or table.columns[0].topic in hidden:
        return None
    kept = [at for at, column in enumerate(table.columns) if column.topic not in hidden]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
    )


def may_ask(up: FollowUp, grant: Grant, registry: Mapping[str, Command]) -> bool:
    """Whether the audience may ask a line at all; one that can't be read gives no figures."""
    if not all(map(grant.allows, up.topics)):
        return False
    command, _ = command_of(up.line.split(), registry)
    return command is None or command.tells(grant)
