"""The command line of Leadline: `python -m bot --help`. The only place that puts parts together."""

import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from bot import text
from bot.schedule import runs as schedule_runs
from bot.settings import Settings, SettingsError, load_settings
from bot.sources import opened
from commands import Ask, Grant, Notice, answer
from commands import load as load_commands
from storage import schema, sync
from storage.lease import Result
from storage.sources import SourceError
from storage.store import Store, StoreError

QUESTION_ERROR = 2

cli = typer.Typer(add_completion=False, help="Ask your supply chain and your customers, in Slack.")


class Form(StrEnum):
    text = "text"
    json = "json"
    csv = "csv"


@cli.command()
def ask(
    line: Annotated[str, typer.Argument(help='for example "lead-time last 90 days by supplier"')],
    form: Annotated[Form, typer.Option("--format")] = Form.text,
) -> None:
    """Answers a command line, as the operator who may see everything. Exit 2: can't be read."""
    settings = _settings()
    with _store(settings) as store, store.reader() as session:
        zone = ZoneInfo(settings.zone)
        stale_after = {one.key: one.stale_after for _, one in settings.sources}
        question = Ask(line, _now(settings), zone, Grant.everything(), stale_after=stale_after)
        said = answer(session, question, load_commands())
    typer.echo(text.render(said, form.value, zone, _width()))
    if isinstance(said, Notice) and said.error:
        raise typer.Exit(QUESTION_ERROR)


@cli.command()
def runs(
    cron: Annotated[str, typer.Argument(help='a cron expression, for example "0 9 * * 1"')],
    zone: Annotated[str, typer.Option(help="an IANA time zone")] = "UTC",
    after: Annotated[str, typer.Option(help="an ISO instant; now if absent")] = "",
    count: Annotated[int, typer.Option(min=1, max=10_000)] = 5,
) -> None:
    """The instants at which a schedule would run, one a line."""
    start = datetime.fromisoformat(after) if after else datetime.now(UTC)
    if start.tzinfo is None:
        _fail(f"--after {after!r} needs a zone, for example a Z at its end")
    for at in schedule_runs(cron, zone, start, count):
        typer.echo(at.isoformat())


@cli.command(name="sync")
def pull(
    name: Annotated[str, typer.Argument(help="a source of leadline.toml; all if absent")] = "",
    full: Annotated[bool, typer.Option(help="from the start; deletions of any size")] = False,
) -> None:
    """Pulls the sources once. Exit 1 if a stream failed."""
    settings = _settings()
    known = [one.key.partition(":")[2] for _, one in settings.sources]
    if not known:
        _fail("leadline.toml has no [sources.…]: see leadline.example.toml")
    if name and name not in known:
        _fail(f"there is no source {name!r} in leadline.toml; there are {', '.join(known)}")
    chosen = [found for found in settings.sources if name in ("", found[1].key.partition(":")[2])]
    results: list[Result] = []
    with _store(settings) as store, _progress() as progress:
        for kind, one in chosen:
            with opened(kind, one) as source:
                results += sync.run(
                    one.key, source, store, _now(settings), owner=_owner(), every=one.every,
                    full=full, progress=progress,
                )  # fmt: skip
    for result in results:
        typer.echo(_said(result))
    if any(result.error for result in results):
        raise typer.Exit(1)


@cli.command()
def upgrade() -> None:
    """Brings the store to this version's schema; a SQLite store is copied first."""
    settings = _settings()
    store = Store(settings.database_url)
    before = schema.revision(store)
    if before == schema.head():
        typer.echo("The store is up to date.")
        return
    if store.path and before:
        copy = store.path.with_name(f"{store.path.name}.{before}.backup")
        store.backup(copy)
        typer.echo(f"Copied first; to go back: python -m bot restore {copy}")
    schema.upgrade(store)
    store.close()
    typer.echo(f"The store is at schema {schema.head()}.")


@cli.command()
def check() -> None:
    """Tries the settings, the store and every source; says what is wrong and how to mend it."""
    settings = _settings()
    problems = 0
    with _store(settings) as store:
        typer.echo(f"store: {store.url.render_as_string()} at schema {schema.head()}")
    for kind, one in settings.sources:
        try:
            with opened(kind, one) as source:
                health = source.check()
        except SourceError as error:
            problems += 1
            typer.echo(f"{one.key}: {error}")
            continue
        problems += bool(health.missing)
        missing = f"; can't read {', '.join(health.missing)}" if health.missing else ""
        typer.echo(f"{one.key}: {health.version}{missing}")
    if problems:
        raise typer.Exit(1)


@cli.command()
def backup(file: Path) -> None:
    """Copies the whole SQLite store to a file, while it is in use, and checks the copy."""
    with _store(_settings()) as store:
        store.backup(file)
    typer.echo(f"Copied to {file}")


@cli.command()
def restore(file: Path) -> None:
    """Puts a copy made by `backup` in place of the store; the present one is kept beside it."""
    settings = _settings()
    store = Store(settings.database_url)
    if not store.path:
        _fail("restore PostgreSQL with pg_restore")
    kept = store.restore(file)
    typer.echo(f"Restored from {file}" + (f"; what was there is in {kept}" if kept else ""))


def _said(result: Result) -> str:
    """How the pull of a stream went, in a line."""
    if result.skipped:
        return f"{result.stream}: another process pulls it"
    if result.error:
        return f"{result.stream}: failed: {result.error}"
    held = f", {result.quarantined:,} held back" if result.quarantined else ""
    gone = f", {result.deleted:,} gone" if result.deleted else ""
    return f"{result.stream}: {result.received:,} read, {result.written:,} changed{gone}{held}"


@contextmanager
def _progress() -> Iterator[sync.Progress]:
    """A bar a stream on a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty()) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stream: str, received: int, total: int | None) -> None:
            if stream not in tasks:
                tasks[stream] = bars.add_task(stream, total=total)
            bars.update(tasks[stream], completed=received, total=total)

        yield show


def _settings() -> Settings:
    return load_settings(os.environ)


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """The configured store; an empty one is set up, one of another version refused."""
    store = Store(settings.database_url)
    try:
        if schema.revision(store) is None:
            schema.upgrade(store)
        schema.require_current(store)
        yield store
    finally:
        store.close()


def _now(settings: Settings) -> datetime:
    return settings.now or datetime.now(UTC)


def _owner() -> str:
    """This machine's name: a process that was killed gets its own leases back at once."""
    return socket.gethostname()


def _width() -> int:
    return os.get_terminal_size().columns if sys.stdout.isatty() else text.WIDTH


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(QUESTION_ERROR)


def main() -> None:
    """Runs the command line; a problem that a person can mend is one line, not a traceback."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        cli()
    except (SettingsError, StoreError, SourceError) as error:
        typer.echo(str(error), err=True)
        sys.exit(QUESTION_ERROR)


if __name__ == "__main__":
    main()
