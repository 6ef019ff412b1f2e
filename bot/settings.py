"""The only reader of the environment and of leadline.toml; a bad value names itself."""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim, CronSimError

from bot import _values as values
from bot._values import SettingsError as SettingsError
from bot.alerts.limit import check
from bot.alerts.rule import Channel, Rule
from bot.clock import true_time
from bot.digests.condition import BadCondition, read_condition
from bot.digests.plan import Digest, Reminders
from bot.nudges import PATH, SIGNS_ITS_ADDRESS, Nudge
from bot.plugins import loaded
from bot.reader import Model
from commands import TOPICS
from storage.hush import BadQuiet, read_quiet
from storage.metrics import load as metrics
from storage.registry import BadModule
from storage.sources import Kind, SourceSettings
from storage.watch import BadBound

KEY = re.compile(r"^[a-z0-9][a-z0-9_-]{0,31}$")
CHANNEL = re.compile(r"^[CDGUW][A-Z0-9]+$", re.ASCII)
SLACK_API = "https://slack.com/api/"
# a notice is no longer than that, and a reminder of it comes no earlier
MOST_DAYS = 365
SLASH = {"/leadtime": "lead-time", "/churn": "churn", "/leadline": ""}


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may see a topic, and where: Slack user ids or user group ids (S…), and channel ids.

    The entry `operators` names who also sees the text of errors.
    """

    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that the environment and leadline.toml say. `now` is LEADLINE_NOW, else null.

    `currency` is the company's own, in which money is summed where rates are known. `carry_rate`
    is what holding stock costs a year, as a share of its value; null where nobody said. `nudged`:
    the sources whose notices are taken, by name.
    """

    database_url: str
    sources: tuple[tuple[Kind, SourceSettings], ...] = ()
    nudged: Mapping[str, Nudge] = {}
    access: Mapping[str, Access] = {}
    digests: tuple[Digest, ...] = ()
    rules: tuple[Rule, ...] = ()
    channels: Mapping[str, Channel] = {}
    goals: Mapping[str, float] = {}
    reminders: Reminders = Reminders()
    reader: Model | None = None
    zone: str = "UTC"
    currency: str = ""
    carry_rate: Decimal | None = None
    plugins: Path | None = None
    now: datetime | None = None
    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = SLACK_API
    slash: Mapping[str, str] = msgspec.field(default_factory=lambda: dict(SLASH))
    host: str = "127.0.0.1"
    port: int = 8080
    tick: timedelta = timedelta(seconds=15)
    folder: Path = Path()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """leadline.toml as it is written."""

    zone: str = "UTC"
    currency: str = ""
    carry_rate: float | None = None
    plugins: str = ""
    public_url: str = ""
    slash: dict[str, str] = {}
    sources: dict[str, dict[str, Any]] = {}
    access: dict[str, Access] = {}
    digests: tuple[dict[str, Any], ...] = ()
    rules: tuple[dict[str, Any], ...] = ()
    channels: dict[str, Channel] = {}
    goals: dict[str, float | str] = {}
    reminders: Reminders = Reminders()
    reader: dict[str, Any] = {}


def load_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; `SettingsError` for the first that can't be used."""
    path = Path(env.get("LEADLINE_CONFIG", "leadline.toml"))
    if "LEADLINE_CONFIG" in env and not path.is_file():
        raise SettingsError(f"LEADLINE_CONFIG: there is no file {path}")
    file = _read(path) if path.is_file() else _File()
    plugins = path.parent / file.plugins if file.plugins else None
    values.known("entry of [access]", file.access, (*TOPICS, "operators"))
    settings = Settings(
        database_url=env.get("DATABASE_URL", f"sqlite:///{path.parent / 'leadline.db'}"),
        access=file.access,
        sources=_sources(file, env, path.parent, kinds_of(plugins)),
        nudged=_nudged(file, env),
        digests=tuple(_digest(one) for one in file.digests),
        rules=tuple(_rule(one) for one in file.rules),
        channels=_channels(file.channels),
        goals=_goals(file.goals),
        reminders=_reminders(file.reminders),
        reader=_reader(file.reader, env),
        zone=values.zone("zone", file.zone),
        currency=values.currency(file.currency),
        carry_rate=values.share("carry_rate", file.carry_rate),
        plugins=plugins,
        now=values.now(env.get("LEADLINE_NOW", "")),
        slack_bot_token=values.secret(env, "SLACK_BOT_TOKEN"),
        slack_app_token=values.secret(env, "SLACK_APP_TOKEN"),
        slack_signing_secret=values.secret(env, "SLACK_SIGNING_SECRET"),
        slack_api_url=env.get("SLACK_API_URL", SLACK_API),
        slash=file.slash or SLASH,
        host=env.get("HOST", "127.0.0.1"),
        port=values.port(env.get("PORT", "8080")),
        folder=path.parent,
    )
    values.unique("digest", [digest.id for digest in settings.digests])
    values.unique("rule", [rule.id for rule in settings.rules])
    return settings


def kinds_of(plugins: Path | None) -> Mapping[str, Kind]:
    """The kinds of source, with those of a folder; `SettingsError` for what can't be used of it."""
    try:
        return loaded(plugins)
    except BadModule as error:
        raise SettingsError(f"plugins: {error}" if plugins else str(error)) from error


def _read(path: Path) -> _File:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    values.known("setting", raw, _File.__struct_fields__)
    return values.convert(str(path), raw, _File)


def _sources(
    file: _File, env: Mapping[str, str], folder: Path, kinds: Mapping[str, Kind]
) -> tuple[tuple[Kind, SourceSettings], ...]:
    zone = values.zone("zone", file.zone)
    return tuple(
        source(name, {"zone": zone, **block}, env, folder, kinds)
        for name, block in file.sources.items()
    )


def source(
    name: str, block: Mapping[str, Any], env: Mapping[str, str], folder: Path,
    kinds: Mapping[str, Kind],
) -> tuple[Kind, SourceSettings]:  # fmt: skip
    """The kind and the settings of one block `[sources.NAME]`, with its secret of `env`."""
    place = f"[sources.{name}]"
    if not KEY.match(name):
        raise SettingsError(f"{place}: a name has small letters, digits, - and _")
    kind = block.get("kind", "")
    if kind not in kinds:
        raise SettingsError(f"{place}: no kind {kind!r}; there are {', '.join(sorted(kinds))}")
    fields = values.durations({**block, "key": f"{kind}:{name}"})
    fields.pop("nudge_secret_env", None)
    if variable := fields.pop("secret_env", None):
        fields["secret"] = _needed(env, place, variable)
    if "folder" in kinds[kind].settings.__struct_fields__:
        fields.setdefault("folder", str(folder))
    known = set(kinds[kind].settings.__struct_fields__) | {"secret_env", "nudge_secret_env"}
    values.known(f"setting of {place}", fields, sorted(known))
    made = values.convert(place, fields, kinds[kind].settings)
    values.zone(f"{place} zone", made.zone)
    return kinds[kind], made


def _nudged(file: _File, env: Mapping[str, str]) -> dict[str, Nudge]:
    """The sources with a `nudge_secret_env`, each with the address that its system calls."""
    found = {}
    for name, block in file.sources.items():
        variable, kind = block.get("nudge_secret_env"), block["kind"]
        if variable is None:
            continue
        place = f"[sources.{name}]"
        if kind in SIGNS_ITS_ADDRESS and not file.public_url.startswith("https://"):
            raise SettingsError(
                f"{place}: {kind} signs the address it calls: say public_url ="
                ' "https://HOST", which leads to this port, at the top of the file'
            )
        url = f"{file.public_url.rstrip('/')}{PATH}{name}"
        found[name] = Nudge(f"{kind}:{name}", kind, _needed(env, place, variable), url)
    return found


def _needed(env: Mapping[str, str], place: str, variable: str) -> str:
    secret = values.secret(env, variable)
    if not secret:
        raise SettingsError(f"{place}: {variable} is not set (nor {variable}_FILE)")
    return secret


def _reader(raw: Mapping[str, Any], env: Mapping[str, str]) -> Model | None:
    """The model of `[reader]`, with its secret; null where there is none."""
    if not raw:
        return None
    fields = dict(raw)
    if variable := fields.pop("secret_env", None):
        fields["secret"] = _needed(env, "[reader]", variable)
    values.known("setting of [reader]", fields, Model.__struct_fields__)
    return values.convert("[reader]", fields, Model)


def _digest(raw: dict[str, Any]) -> Digest:
    digest = values.convert("[[digests]]", values.durations(raw), Digest)
    values.zone(f"digest {digest.id}: zone", digest.zone)
    try:
        CronSim(digest.cron, true_time())
    except CronSimError as error:
        raise SettingsError(f"digest {digest.id}: cron {digest.cron!r}: {error}") from error
    try:
        read_condition(digest.only_if)
    except BadCondition as error:
        raise SettingsError(f"digest {digest.id}: only_if: {error}") from error
    return digest


def _reminders(found: Reminders) -> Reminders:
    if not 0 <= found.days <= MOST_DAYS:
        raise SettingsError(f"[reminders] days: {found.days} is not from 0 to {MOST_DAYS}")
    return found


def _rule(raw: dict[str, Any]) -> Rule:
    rule = values.convert("[[rules]]", values.durations(raw), Rule)
    place = f"rule {rule.id}"
    try:
        check(rule)
        read_quiet(rule.quiet, ZoneInfo(values.zone(f"{place}: zone", rule.zone or "UTC")))
    except (BadBound, BadQuiet) as error:
        raise SettingsError(f"{place}: {error}") from error
    if (rule.scope == "mine" and not rule.owner) or (rule.scope == "team" and not rule.team):
        whose = "owner" if rule.scope == "mine" else "team"
        raise SettingsError(f'{place}: scope = "{rule.scope}" needs whose: write {whose} = "…"')
    return rule


def _channels(found: dict[str, Channel]) -> dict[str, Channel]:
    for name in found:
        if not CHANNEL.match(name):
            raise SettingsError(f"[channels.{name}]: write the id of a channel, like C0OPERATIONS")
    return found


def _goals(raw: Mapping[str, float | str]) -> dict[str, float]:
    """The goals by metric, a share as one of 1."""
    if not raw:  # most verbs do without the metrics
        return {}
    values.known("metric", raw, sorted(metrics()))
    return {metric: values.goal(f"goal {metric}", value) for metric, value in raw.items()}
