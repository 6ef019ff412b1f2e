"""The verb `connect` of the command line: its words, and the questions at the terminal."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot._values import SettingsError
from bot.asking import Prompt
from bot.connect import Wanted
from bot.connect import connect as connected

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
