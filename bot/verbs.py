"""Verbs of the command line with many words: `connect` with its questions, and `backtest`."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from bot._values import SettingsError
from bot.asking import Prompt
from bot.clock import true_time
from bot.connect import Wanted
from bot.connect import connect as connected
from bot.environment import with_file
from bot.progress import bars
from bot.settings import load_settings
from bot.upkeep import opened

# as `bot.backtest` and `storage.forecasts` have them: imported by the verb that needs them
Shape = Literal["text", "json"]
Every = Literal["month", "quarter", "half-year"]
Given = Annotated[list[str] | None, typer.Option("--set", help="SETTING=VALUE, not asked then")]


def connect(
    system: Annotated[str, typer.Argument(help="a kind of system; without it they are told")] = "",
    name: Annotated[
        str, typer.Argument(help="what it is called here; like the system if absent")
    ] = "",
    given: Given = None,
    secret_file: Annotated[str, typer.Option(help="holds the secret; - is standard input")] = "",
    secret_env: Annotated[str, typer.Option(help="the variable that holds the secret")] = "",
    skip_missing: Annotated[bool, typer.Option(help="leave out what can't be read")] = False,
    anyway: Annotated[bool, typer.Option(help="write it down though it does not work")] = False,
) -> None:
    """Connects a system: asks for what it needs, tries it, shows rows, writes it down. Exit 1: not.

    The secret goes into .env beside leadline.toml, which only its owner may read.
    """
    wanted = Wanted(
        system, name, tuple(given or ()), _secret(secret_file), secret_env, skip_missing, anyway
    )
    if not connected(os.environ, wanted, typer.echo, _terminal()):
        raise typer.Exit(1)


def backtest(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="lead-time, churn, clv, stock, slipping, order-eta, upsell, renewal; all if absent"
        ),
    ] = None,
    form: Annotated[Shape, typer.Option("--format")] = "text",
    every: Annotated[
        Every | None, typer.Option(help="how far apart; by the data if absent")
    ] = None,
    since: Annotated[str, typer.Option(help="the first day to look from, like 2025-01-01")] = "",
    until: Annotated[str, typer.Option(help="only from days before it")] = "",
    horizon: Annotated[
        int | None,
        typer.Option(
            help="days ahead, for churn, clv, upsell, renewal; by the model if absent", min=1
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="tell parts of rows without days from the others", min=2)
    ] = None,
) -> None:
    """Tells the past from days before it, and how well: the models beside their baselines.

    Of one model that is named it prints an object as JSON, else a list of them.
    """
    from bot.backtest import backtested, models_named, shaped
    from storage.forecasts._origins import Plan

    days = _day("--since", since), _day("--until", until)
    plan = Plan(every, *days, horizon=horizon, folds=folds)
    models = models_named(names or ())
    settings = load_settings(with_file(os.environ))
    with opened(settings) as store, bars() as progress:
        reports = backtested(
            store, models, settings.now or true_time(), ZoneInfo(settings.zone), plan, progress
        )
    typer.echo(shaped(reports, form, is_one=len(names or ()) == 1))


def _day(option: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SettingsError(f"{option} {text!r} is not a day like 2025-01-31") from error


def _secret(file: str) -> str | None:
    """The secret in a file, `-` for standard input; null where no file is named."""
    if not file:
        return None
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--secret-file {file}: {error}") from error
    if not text.strip():
        raise SettingsError(f"--secret-file {file}: there is nothing in it")
    return text.strip()


def _terminal() -> Prompt:
    """Questions to whoever sits at the terminal; null where nobody does."""
    return _asked if sys.stdin.isatty() else None


def _asked(words: str, default: str | None, is_secret: bool) -> str:
    answer: str = typer.prompt(
        words, default=default, hide_input=is_secret, show_default=bool(default) and not is_secret
    )
    return answer
