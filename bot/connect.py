"""Connects a system: asks for what it needs, tries it, shows first rows, and writes it down."""

import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from rapidfuzz import process

from bot import _values as values
from bot import environment
from bot._values import SettingsError
from bot.asking import Prompt, answers, asks_of, block_of, pairs
from bot.block import append, block_text, fits
from bot.health import told
from bot.sampled import sampled
from bot.settings import kinds_of, source
from bot.sources import opened
from storage.sources import Health, Kind, SourceError, SourceSettings
from storage.sources._http import Http

Say = Callable[[str], None]
# a person waits for it
TRIES = 2


@dataclass(frozen=True)
class Wanted:
    """What the command line says. `secret` is null where it is to be asked for.

    `secret_env` names a variable that holds it already. `skips`: what can't be read is left out.
    `anyway`: written down though the check failed.
    """

    system: str
    name: str = ""
    given: tuple[str, ...] = ()
    secret: str | None = None
    secret_env: str = ""
    skips: bool = False
    anyway: bool = False


@dataclass(frozen=True)
class _Place:
    """leadline.toml as it is, and the environment beside it."""

    path: Path
    raw: Mapping[str, Any]
    env: Mapping[str, str]
    kinds: Mapping[str, Kind]

    @property
    def zone(self) -> str:
        return values.zone("zone", self.raw.get("zone", "UTC"))

    @property
    def names(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.raw.get("sources", {})
        return found


@dataclass(frozen=True)
class _Draft:
    """A block that is not written yet, with its secret; empty where that is in a variable."""

    place: _Place
    name: str
    block: Mapping[str, Any]
    secret: str

    def having(self, **more: Any) -> "_Draft":
        return replace(self, block={**self.block, **more})

    def made(self) -> tuple[Kind, SourceSettings]:
        """The kind and the settings, as they would be read from the file."""
        place, env = self.place, dict(self.place.env)
        if self.secret:
            env[self.block["secret_env"]] = self.secret
        block = {"zone": place.zone, **self.block}
        return source(self.name, block, env, place.path.parent, place.kinds)


def connect(env: Mapping[str, str], wanted: Wanted, say: Say, prompt: Prompt) -> bool:
    """Whether it was written down: if not, everything is as it was.

    `env` is the environment of the process; `prompt` puts a question to a person, null where
    there is none.
    """
    place = _place(env)
    kind = _kind(place, wanted.system)
    name = _name(place, wanted)
    given = pairs(wanted.given)
    if wanted.secret is not None or wanted.secret_env:
        given["secret"] = "" if wanted.secret_env else wanted.secret or ""
    folder = str(place.path.parent)
    found = answers(asks_of(kind), given, prompt, folder)
    secret = found.pop("secret", "")
    block: dict[str, Any] = {"kind": kind.name, **block_of(kind, found)}
    if secret or wanted.secret_env:
        block["secret_env"] = wanted.secret_env or environment.free_variable(name, place.env)
    ready = _tried(_Draft(place, name, block, secret), wanted, say, prompt)
    if ready is None:
        return False
    _write(ready, say)
    return True


def _place(env: Mapping[str, str]) -> _Place:
    path = environment.config_path(env)
    try:
        raw = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    plugins = raw.get("plugins", "")
    kinds = kinds_of(path.parent / plugins if plugins else None)
    return _Place(path, raw, environment.with_file(env), kinds)


def _kind(place: _Place, system: str) -> Kind:
    if system in place.kinds:
        return place.kinds[system]
    near = process.extractOne(system, list(place.kinds)) if system else None
    meant = f"; do you mean {near[0]}?" if near and near[1] > 60 else "."
    raise SettingsError(
        f"There is no system {system!r}{meant} There are {', '.join(sorted(place.kinds))}"
        if system else f"Which system? There are {', '.join(sorted(place.kinds))}"
    )  # fmt: skip


def _name(place: _Place, wanted: Wanted) -> str:
    """The name asked for, if it is free; else that of the system, with a number if need be."""
    if wanted.name in place.names:
        raise SettingsError(
            f"There is a source {wanted.name!r} in {place.path}: choose another name, or remove it"
        )
    name, number = wanted.name or wanted.system, 1
    while name in place.names:
        number += 1
        name = f"{wanted.system}{number}"
    return name


def _tried(draft: _Draft, wanted: Wanted, say: Say, prompt: Prompt) -> _Draft | None:
    """The draft as it works, or as it shall be written anyway; else null."""
    say(f"Trying {draft.name} …")
    kind, settings = draft.made()
    try:
        fitted, health = _fitted(draft, wanted, prompt)
        kind, settings = fitted.made()
        for line in (*told(settings, health), *_rows(kind, settings)):
            say(line)
    except SourceError as error:
        say(f"{settings.key}: {error}")
        return _despite(draft, wanted, say, "Mend it and run this again")
    if health.missing:
        return _despite(fitted, wanted, say, _advice(kind))
    return fitted


def _fitted(draft: _Draft, wanted: Wanted, prompt: Prompt) -> tuple[_Draft, Health]:
    """The draft with what only the system could tell: what to leave out, and its zone."""
    kind, settings = draft.made()
    health = _checked(kind, settings)
    skip = _skippable(kind, settings, health)
    if skip and (wanted.skips or _agrees(prompt, skip)):
        draft = draft.having(skip=[*draft.block.get("skip", ()), *skip])
        health = _checked(*draft.made())
    if "zone" not in draft.block and health.zone in available_timezones() - {settings.zone}:
        draft = _zoned(draft, settings.zone, health.zone, prompt)
    return draft, health


def _zoned(draft: _Draft, ours: str, its: str | None, prompt: Prompt) -> _Draft:
    """The draft with the zone that a person chose; ours where nobody can be asked."""
    if prompt is None or its is None:
        return draft
    words = f"Its own zone is {its}, that of leadline.toml {ours}. In which do its days begin"
    chosen = prompt(words, ours if its == "UTC" else its, False).strip()
    return draft if chosen == ours else draft.having(zone=chosen)


def _checked(kind: Kind, settings: SourceSettings) -> Health:
    with opened(kind, settings, partial(Http, tries=TRIES)) as found:
        return found.check()


def _rows(kind: Kind, settings: SourceSettings) -> list[str]:
    with opened(kind, settings, partial(Http, tries=TRIES)) as found:
        return list(sampled(found, ZoneInfo(settings.zone)))


def _skippable(kind: Kind, settings: SourceSettings, health: Health) -> list[str]:
    """The streams of what is missing that can be left out, where the kind can leave some out."""
    if not hasattr(settings, "skip"):
        return []
    found = []
    for name in dict.fromkeys(one.partition(":")[0] for one in health.missing):
        less = msgspec.structs.replace(settings, skip=(name,))
        with suppress(SourceError), opened(kind, less):
            found.append(name)
    return found


def _agrees(prompt: Prompt, skip: list[str]) -> bool:
    words = f"It does not let us read {', '.join(skip)}. Leave that out (yes, no)"
    return prompt is not None and prompt(words, "yes", False).lower() in ("y", "yes")


def _advice(kind: Kind) -> str:
    known = kind.settings.__struct_fields__
    ways = ["Let the user or key read what is missing"]
    if "fields" in known:
        ways.append("name a field of your own by --set fields.TABLE.COLUMN=…")
    if "skip" in known:
        ways.append("leave out what you do not need by --skip-missing")
    return ", or ".join(ways)


def _despite(draft: _Draft, wanted: Wanted, say: Say, advice: str) -> _Draft | None:
    if wanted.anyway:
        return draft
    say(f"Nothing was written. {advice}; --anyway writes it as it is.")
    return None


def _write(draft: _Draft, say: Say) -> None:
    """The secret first: a block without its secret would stop all of Leadline."""
    path, name, block = draft.place.path, draft.name, draft.block
    try:
        text = fits(path, name, block)
        with path.open("a", encoding="utf-8"):  # nor is a secret kept where no block can be
            if draft.secret:
                file = path.parent / environment.NAME
                say(environment.keep(file, block["secret_env"], draft.secret))
            append(path, text)
    except OSError as error:
        why = f"{error.filename or path}: {error.strerror}"
        raise SettingsError(f"{why}; write this by hand:\n{block_text(name, block)}") from error
    say(f"[sources.{name}] stands in {path}. Next: python -m bot sync {name}")
