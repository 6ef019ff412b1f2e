"""What connecting a source has to know: asked at a terminal, or given beforehand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from bot._values import SettingsError
from storage.sources import Ask, Kind, SourceSettings

# Puts a question (words, default, is_secret) and gives the answer; null where nobody can be asked.
Prompt = Callable[[str, str | None, bool], str] | None
OURS = ("folder",)  # settings that are nobody's to say
KEY_FILE = "-----BEGIN"  # a terminal takes only the first line of it
LISTS = (list, tuple, set, frozenset)


def asks_of(kind: Kind) -> Sequence[Ask]:
    """What the kind asks for; of one that does not say, the texts without which it can't be."""
    if kind.asks:
        return kind.asks
    base = {one.name for one in msgspec.structs.fields(SourceSettings)} | set(OURS)
    asks = [Ask("url", "Its address (https://…)", _default(kind, "url") or None)]
    asks += [
        Ask(one.name, f"Its {one.name.replace('_', ' ')}")
        for one in msgspec.structs.fields(kind.settings)
        if one.name not in base and one.required and one.type is str
    ]
    return [*asks, Ask("secret", "Its key, token or password (Enter: none)", "", is_secret=True)]


def answers(
    asks: Sequence[Ask], given: Mapping[str, str], prompt: Prompt, folder: str
) -> dict[str, str]:
    """An answer for each question: what was given, else what a person says, else its default.

    Questions may take their default from the answers before, and from `folder`.
    """
    found = {"folder": folder, **given}
    for one in asks:
        if one.name in found:
            continue
        default = one.default(found) or None if callable(one.default) else one.default
        if prompt is not None:
            found[one.name] = prompt(one.words, default, one.is_secret).strip()
            if one.is_secret and found[one.name].startswith(KEY_FILE):
                raise SettingsError("A key has several lines: give it by --secret-file FILE")
        elif default is None:
            raise SettingsError(_how_to_give(one))
        else:
            found[one.name] = default
        if one.name == "url" and found[one.name] and "://" not in found[one.name]:
            found[one.name] = f"https://{found[one.name]}"
    del found["folder"]
    return found


def block_of(kind: Kind, given: Mapping[str, str]) -> dict[str, Any]:
    """The answers as settings of the kind, each of its type; empty ones are left out.

    A name with dots is a table within a table.
    """
    asked = {one.name for one in asks_of(kind)}
    plain = {name: one for name, one in given.items() if name in asked and name != "secret"}
    made = {name: _typed(kind, name, one) for name, one in kind.block(plain).items() if one != ""}
    for name, one in given.items():
        if name not in asked:
            _put(made, name.split("."), _typed(kind, name, one))
    return made


def _typed(kind: Kind, name: str, value: Any) -> Any:
    """A text as the type of the setting wants it; what is no text is as it shall be."""
    types = {one.name: one.type for one in msgspec.structs.fields(kind.settings)}
    wanted = types.get(name)
    if not isinstance(value, str) or wanted in (None, str, timedelta):
        return value
    if getattr(wanted, "__origin__", wanted) in LISTS:
        return [one.strip() for one in value.split(",") if one.strip()]
    try:
        return msgspec.to_builtins(msgspec.convert(value, wanted, strict=False))
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name} = {value!r}: {error}") from error


def _put(table: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        table = table.setdefault(name, {})
    table[path[-1]] = value


def _default(kind: Kind, name: str) -> str:
    default = next(
        (one.default for one in msgspec.structs.fields(kind.settings) if one.name == name), ""
    )
    return default if isinstance(default, str) else ""


def _how_to_give(ask: Ask) -> str:
    if ask.is_secret:
        return f"{ask.words}: give it by --secret-file FILE, - for standard input"
    return f"{ask.words}: give it by --set {ask.name}=…"


def pairs(given: Sequence[str]) -> dict[str, str]:
    """`name=value` texts by name."""
    for one in given:
        if "=" not in one:
            raise SettingsError(f"--set {one!r}: write it as name=value")
        if one.partition("=")[0].strip() == "secret":
            raise SettingsError("--set secret=… could be read by others: use --secret-file")
    return {name.strip(): value for name, _, value in (one.partition("=") for one in given)}
