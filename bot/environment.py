"""The file `.env` beside leadline.toml: what stands in it counts, and how a secret gets into it."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from bot._values import SettingsError

NAME = ".env"


def config_path(env: Mapping[str, str]) -> Path:
    """Where leadline.toml is, or would be."""
    return Path(env.get("LEADLINE_CONFIG", "leadline.toml"))


def with_file(env: Mapping[str, str]) -> dict[str, str]:
    """The environment, and beneath it what `.env` beside leadline.toml says."""
    return {**read(config_path(env).parent / NAME), **env}


def read(path: Path) -> dict[str, str]:
    """The variables of an environment file, as a shell would take them; none without the file."""
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")  # no other sign ends one for a shell
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error
    found = {}
    for line in lines:
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and not name.startswith("#"):
            found[name.strip()] = _plain(value)
    return found


def free_variable(name: str, taken: Mapping[str, str]) -> str:
    """A variable for the secret of a source that is not in use yet."""
    stem = f"{name.upper().replace('-', '_')}_SECRET"
    number, variable = 1, stem
    while variable in taken or f"{variable}_FILE" in taken:
        number += 1
        variable = f"{stem}_{number}"
    return variable


def keep(path: Path, variable: str, secret: str) -> str:
    """Appends a secret to an environment file that only its owner may read from then on.

    What has several lines, a private key, goes into a file of its own. Says what was done.
    """
    if "\n" not in secret:
        _append(path, f"{variable}={shlex.quote(secret)}\n")
        return f"{variable} stands in {path}"
    beside = path.with_name(f"{variable.lower()}.key")
    if beside.exists():
        raise SettingsError(f"{beside} is there already: move it away first")
    _append(beside, secret)
    _append(path, f"{variable}_FILE={shlex.quote(str(beside.absolute()))}\n")
    return f"{variable} is in {beside}, to which {path} points"


def _append(path: Path, text: str) -> None:
    """Adds to a file for its owner alone, whose last line may lack its end."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        os.fchmod(file.fileno(), 0o600)
        size = file.seek(0, os.SEEK_END)
        if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
            text = "\n" + text
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _plain(value: str) -> str:
    """What a shell would make of it; as it is where a shell would stumble."""
    try:
        return next(iter(shlex.split(value)), "")
    except ValueError:
        return value.strip()
