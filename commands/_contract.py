"""The shapes of a question and its answer; no Slack, no store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.issued import Statement

Topic = Literal["supply", "customers", "revenue", "personal"]
TOPICS: tuple[Topic, ...] = ("supply", "customers", "revenue", "personal")
Level = Literal["none", "aggregate", "named", "full"]
Value = str | int | float | Decimal | None
# of a long list statements are kept of so many of its first rows, as nobody reads on
READ = 50


@dataclass(frozen=True)
class Grant:
    """What the audience may see, by topic; a topic that is not named gives nothing.

    `is_operator`: also what only who runs Leadline needs, like the text of an error.
    """

    levels: Mapping[Topic, Level] = field(default_factory=dict)
    is_operator: bool = False

    def allows(self, topic: Topic) -> bool:
        return self.levels.get(topic, "none") in ("named", "full")

    @classmethod
    def everything(cls) -> "Grant":
        return cls(dict.fromkeys(TOPICS, "full"), is_operator=True)


@dataclass(frozen=True)
class Ask:
    """A command line, who asks, where, when, in which zone, and what they may see.

    `currency` is the company's own, "" where nobody said. `wants_evidence`: the answer
    shall bring the rows behind its figures. `carry_rate`: what holding stock costs a year, as a
    share of its value; null where nobody said. `may_write`: a person asks a line that changes the
    store, with a session that can.
    """

    line: str
    now: datetime
    zone: ZoneInfo
    grant: Grant
    who: str = ""
    channel: str = ""
    stale_after: Mapping[str, timedelta] = field(default_factory=dict)
    currency: str = ""
    wants_evidence: bool = False
    carry_rate: Decimal | None = None
    may_write: bool = False

    @property
    def today(self) -> date:
        """The asker's local day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer and the topics it speaks of; all must be allowed to show it.

    `**words**` are bold; the rest is plain text, escaped by whoever draws it.
    """

    text: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class SourceAge:
    """How old a source's data is; an unknown age is stale."""

    name: str
    age: timedelta | None
    stale: bool


@dataclass(frozen=True)
class Basis:
    """What a figure rests on. Instants are aware; `open` counts observations still open."""

    metric: str
    version: int
    start: datetime
    end: datetime
    n: int
    open: int
    as_of: datetime
    sources: tuple[SourceAge, ...]
    history_from: datetime | None = None
    coverage: float | None = None
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Reading:
    """One figure. A null value is "n/a": never 0 or 100 %."""

    name: str
    value: float | int | Decimal | None
    unit: str
    topic: Topic
    metric: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table. `unit` "" is text; `metric` names where its figures come from."""

    name: str
    topic: Topic
    unit: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Table:
    """Columns and rows; `bold` are the rows where one should look. `total` counts all rows.

    `keys` name what each row is of, for as long as it is there (see `storage/entities.py`); "" is
    a row of nothing that has such a name, and there are none where no row has. They are never
    shown. `is_fleeting`: a row that is no longer there is over, as an order that was acknowledged;
    else it only has no figure now.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    bold: frozenset[int] = frozenset()
    total: int | None = None
    keys: tuple[str, ...] = ()
    is_fleeting: bool = False

    def __post_init__(self) -> None:
        if self.keys and len(self.keys) != len(self.rows):
            raise ValueError(f"{len(self.keys)} keys for {len(self.rows)} rows")


@dataclass(frozen=True)
class Series:
    """A named line of a chart; one value, or null, per x."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """One chart. kind: line, bar, area or pie; `x` are the labels."""

    kind: Literal["line", "bar", "area", "pie"]
    title: str
    x: tuple[str, ...]
    series: tuple[Series, ...]
    topic: Topic
    unit: str = ""


@dataclass(frozen=True)
class FollowUp:
    """A next question: a label of a few words and the command line it stands for.

    `topics`: of what its words speak; all must be allowed to show it.
    """

    label: str
    line: str
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A figure with what it rests on; without a Basis it cannot be built.

    `summary` is one sentence that says it all (also the notification); `detail` what changed and
    what it means; `notes` what else must be known, without bold words.

    `table` has all rows: whoever draws it shows the first ones. One that `is_list` and has no table
    has nothing to list; else nothing is known of the rows that it might have. `evidence`, made only
    where the asker wants it, are the rows behind the figures, one an observation (an order, a
    customer), with a column `State` that says what each counted as; one that was not counted has a
    state beginning with "left out: ". It is never drawn, only given as a file; its columns bear
    topics like those of a table. `statements` are what it tells of the future, as it is shown.
    """

    title: str
    summary: Sentence
    basis: tuple[Basis, ...]
    detail: tuple[Sentence, ...] = ()
    readings: tuple[Reading, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    evidence: Table | None = None
    notes: tuple[Sentence, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    line: str = ""
    echo: str | None = None
    is_list: bool = False
    statements: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        if not self.basis:
            raise ValueError(f"an answer needs a basis: {self.title}")


@dataclass(frozen=True)
class Notice:
    """Help, a choice or a refusal: no figures, so no basis. `error`: the question was at fault."""

    title: str
    text: str
    choices: tuple[FollowUp, ...] = ()
    error: bool = False
    line: str = ""


@dataclass(frozen=True)
class Command:
    """A question. `answer(session, ask, words)` gets the line without the command's name.

    `topics` are all topics that its answers may speak of; who may see none of them is refused
    before it runs. `writes`: the first words with which a line of it changes the store; it then
    gets a session that may write. `asks` are phrases that people ask it with, in their own words;
    `is_card`: a name alone, without a word of what is asked, is answered by it.
    """

    name: str
    summary: str
    usage: str
    examples: tuple[str, ...]
    topics: tuple[Topic, ...]
    answer: Callable[[Session, Ask, Sequence[str]], Answer | Notice]
    synonyms: tuple[str, ...] = ()
    slash: str | None = None
    writes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    is_card: bool = False

    def tells(self, grant: Grant) -> bool:
        """Whether who has a grant may see anything of its answers."""
        return not self.topics or any(map(grant.allows, self.topics))
