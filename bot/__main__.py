"""The command line of Leadline: `python -m bot --help`. The only place that puts parts together.

What talks to Slack is imported by the verbs that do: a long `sync` has its memory for other things.
"""

import gc
import logging
import os
import socket
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from cronsim import CronSimError

from bot import upkeep
from bot.clock import true_time
from bot.demo.build import BuildError
from bot.environment import with_file
from bot.forms import Form, formed
from bot.mcp import answers
from bot.printing import asked, now_of, remember
from bot.progress import bars, told
from bot.schedule import runs as schedule_runs
from bot.settings import Settings, SettingsError, load_settings
from bot.sources import pulled
from bot.stopping import stoppable
from bot.upkeep import opened
from bot.verbs import backtest, connect
from commands import Answer, Notice
from commands import load as load_commands
from storage import schema
from storage.erase import NotErasable, erase
from storage.lease import Result
from storage.sources import SourceError
from storage.store import StoreError

QUESTION_ERROR = 2
LOG = "%(asctime)s %(levelname)s %(name)s: %(message)s"
OPERATOR = "operator"
cli = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    help="Ask your supply chain and your customers, in Slack. Without a verb: runs all of it.",
)
warn = partial(typer.echo, err=True)
User = Annotated[str, typer.Option(help="only what this Slack user may see")]
Channel = Annotated[str, typer.Option(help="only what this Slack channel may see")]
cli.command()(connect)
cli.command()(backtest)


@cli.callback()
def run(context: typer.Context) -> None:
    """Answers in Slack, pulls the sources, and posts digests and alerts, all in one process."""
    if context.invoked_subcommand is None:
        _serve("all")


@cli.command()
def web() -> None:
    """Only answers; on PostgreSQL, beside any number of others."""
    _serve("web")


@cli.command()
def worker() -> None:
    """Only pulls the sources and posts digests and alerts; on PostgreSQL."""
    _serve("worker")


@cli.command()
def tick() -> None:
    """Does everything that is due now, once."""
    from bot import process

    settings = _settings()
    with opened(settings) as store:
        process.tick(settings, store, _owner(), now_of(settings))


@cli.command()
def manifest(
    url: Annotated[str, typer.Option(help="https://HOST of Leadline; none for Socket Mode")] = "",
    reconcile: Annotated[bool, typer.Option(help="with scopes to look up posts in doubt")] = False,
) -> None:
    """Prints the manifest from which Slack makes the app, as YAML."""
    from bot.manifest import manifest as app_manifest

    typer.echo(app_manifest(load_commands(), _settings().slash, url, reconcile=reconcile))


@cli.command()
def ask(
    line: Annotated[str, typer.Argument(help='for example "lead-time last 90 days by supplier"')],
    form: Annotated[Form, typer.Option("--format")] = "text",
    rows: Annotated[bool, typer.Option(help="as csv: what the figures were made of")] = False,
    user: User = "",
    channel: Channel = "",
) -> None:
    """Answers a command line, as the operator who may see everything. Exit 2: can't be read.

    With both a user and a channel it prints what that user could share there.
    """
    settings = _settings()
    zone = ZoneInfo(settings.zone)
    with opened(settings) as store:
        said = asked(settings, store, line, user, channel, who=user or OPERATOR, rows=rows)
        typer.echo(formed(said, form, zone, is_evidence=rows))
        remember(settings, store, [said])
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
    try:
        start = datetime.fromisoformat(after) if after else true_time()
    except ValueError:
        _fail(f"--after {after!r} is not an ISO instant like 2026-01-31T09:00:00Z")
    if start.tzinfo is None:
        _fail(f"--after {after!r} needs a zone, for example a Z at its end")
    try:
        found = schedule_runs(cron, zone, start, count)
    except (CronSimError, ZoneInfoNotFoundError, ValueError) as error:
        _fail(f"{cron!r} in {zone!r} is not a schedule: {error}")
    for at in found:
        typer.echo(at.isoformat())


@cli.command(name="sync")
def pull(
    name: Annotated[str, typer.Argument(help="a source of leadline.toml; all if absent")] = "",
    full: Annotated[bool, typer.Option(help="from the start; deletions of any size")] = False,
) -> None:
    """Pulls the sources once. Exit 1 if a stream failed."""
    settings = _settings()
    if not settings.sources:
        _fail("leadline.toml has no [sources.…]: python -m bot connect makes one")
    results: list[Result] = []
    with opened(settings) as store, bars() as bar, stoppable(bar, warn) as progress:
        for kind, one in upkeep.named(settings, name):
            results += pulled(
                kind, one, store, now_of(settings), owner=_owner(),
                clock=true_time, full=full, progress=progress,
            )  # fmt: skip
    for result in results:
        typer.echo(told(result))
    if any(result.error for result in results):
        raise typer.Exit(1)


@cli.command()
def demo(
    keep: Annotated[Path | None, typer.Option(help="a folder for its configuration")] = None,
    port: Annotated[int, typer.Option(help="of the page; any free one if 0")] = 8765,
) -> None:
    """A sample company and a workspace in the browser, all on this machine."""
    from bot.demo.run import demo as run_demo
    from bot.process import on_signal

    logging.getLogger().setLevel(logging.WARNING)
    run_demo(typer.echo, keep=keep, port=port, stop=on_signal())


@cli.command()
def upgrade() -> None:
    """Brings the store to this version's schema; a SQLite store is copied first."""
    upkeep.upgrade(_settings(), typer.echo)


@cli.command()
def check(
    name: Annotated[str, typer.Argument(help="a source of leadline.toml; all if absent")] = "",
) -> None:
    """Tries the settings, the store and the sources; says what is wrong. Exit 1: something is."""
    settings = _settings()
    with opened(settings) as store:
        typer.echo(f"store: {store.url.render_as_string()} at schema {schema.head()}")
    if not upkeep.check_sources(settings, typer.echo, name):
        raise typer.Exit(1)


@cli.command()
def backup(file: Path) -> None:
    """Copies the whole SQLite store to a file, while it is in use, and checks the copy."""
    with opened(_settings()) as store:
        store.backup(file)
    typer.echo(f"Copied to {file}")


@cli.command()
def restore(file: Path) -> None:
    """Puts a copy made by `backup` in place of the store; the present one is kept beside it."""
    upkeep.restore(_settings(), file, typer.echo)


@cli.command(name="erase")
def forget(
    person: Annotated[str, typer.Argument(help="an id, an e-mail address or a name")],
) -> None:
    """Removes what is known of a person; a sync brings back what the source still has."""
    with opened(_settings()) as store:
        found = erase(store, person)
    where = ", ".join(f"{table} {count}" for table, count in found.items())
    typer.echo(f"Nothing of it is left. It stood in: {where or 'nothing'}")


@cli.command()
def mcp(user: User = "", channel: Channel = "") -> None:
    """Offers every command as a tool to an agent, over standard input and output."""
    settings = _settings()
    said: list[Answer | Notice] = []

    def answer(line: str) -> Answer | Notice:
        said.append(asked(settings, store, line, user, channel))
        return said[-1]

    with opened(settings) as store:
        for line in answers(sys.stdin, load_commands(), answer):
            typer.echo(line)
            remember(settings, store, said)
            said.clear()


def _serve(part: str) -> None:
    """Runs until a signal ends it."""
    from bot import process
    from bot.pace import Pace

    settings = _settings()
    with opened(settings) as store:
        parts = process.assemble(settings, store, _owner(), true_time, pace=Pace())
        process.run(settings, parts, process.Part(part))


def _settings() -> Settings:
    return load_settings(with_file(os.environ))


def _owner() -> str:
    """A name that no other process has."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _fail(message: str) -> NoReturn:
    warn(message)
    raise typer.Exit(QUESTION_ERROR)


def main() -> None:
    """Runs the command line; a problem that a person can mend is one line, not a traceback."""
    logging.basicConfig(level=logging.INFO, format=LOG)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # it warns that `authorize` is used and not the token, which is meant
    logging.getLogger("slack_bolt.App").addFilter(lambda said: "ignored" not in said.getMessage())
    gc.set_threshold(50_000, 20, 100)  # an answer makes many small things, and hardly a ring
    try:
        cli()
    except (SettingsError, StoreError, SourceError, BuildError, NotErasable) as error:
        warn(str(error))
        sys.exit(QUESTION_ERROR)


if __name__ == "__main__":
    main()
