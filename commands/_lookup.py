"""Which command a line begins with: `lead-time`, `lead time` and `/leadtime` are one."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from commands._contract import Command

LONGEST_NAME = 3


def command_of(
    words: Sequence[str], registry: Mapping[str, Command]
) -> tuple[Command | None, list[str]]:
    """The command that the first words name, or null, and the words that are left."""
    spelled = {_plain(name): command for name, command in spellings(registry).items()}
    for size in range(LONGEST_NAME, 0, -1):
        if len(words) >= size and (found := spelled.get(_plain("".join(words[:size])))):
            return found, list(words[size:])
    return None, list(words)


def spellings(registry: Mapping[str, Command]) -> dict[str, Command]:
    """Every name and synonym with its command."""
    return {
        name: command for command in registry.values() for name in (command.name, *command.synonyms)
    }


@lru_cache(1_000)  # the names are the same at every line
def _plain(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "").replace(" ", "").lstrip("/")
