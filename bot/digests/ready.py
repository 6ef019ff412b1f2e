"""Digests to start from, and the questions that can be picked for one."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.inputs import MOST_OPTIONS, Option
from commands import Command, FollowUp, Grant
from commands._audience import may_ask
from commands._lookup import command_of

MORE = 75


@dataclass(frozen=True)
class Ready:
    """A digest to start from: its title, when in words, its questions, and when it is sent."""

    title: str
    when: str
    ask: tuple[str, ...]
    only_if: str = ""


READY: Mapping[str, Ready] = {
    "monday": Ready(
        "Monday operations",
        "every Monday at 09:00",
        ("otif last week", "suppliers", "stock at risk", "exposed"),
    ),
    "renewals": Ready(
        "Renewals in the next 60 days with how we delivered to them",
        "every Monday at 09:00",
        ("renewals next 60 days",),
    ),
    "late": Ready(
        "Late orders of customers at risk",
        "weekdays at 08:30",
        ("exposed", "why"),
        only_if="exposed above 0",
    ),
    "changes": Ready("What changed since yesterday", "every day at 08:00", ("changes",)),
}


def starts() -> list[Option]:
    """What a digest can be started from."""
    return [Option(key, one.title, one.when) for key, one in READY.items()]


def questions(registry: Mapping[str, Command], grant: Grant) -> list[Option]:
    """Lines that may be asked under a grant: those of the ready digests, then examples."""
    picked = [line for one in READY.values() for line in one.ask]
    examples = [line for one in registry.values() if one.topics for line in one.examples]
    lines = dict.fromkeys([*picked, *examples])
    allowed = [line for line in lines if may_ask(FollowUp("", line), grant, registry)]
    return [_option(line, registry) for line in allowed if _is_known(line, registry)][:MOST_OPTIONS]


def _is_known(line: str, registry: Mapping[str, Command]) -> bool:
    command, _ = command_of(line.split(), registry)
    return command is not None and bool(command.topics)


def _option(line: str, registry: Mapping[str, Command]) -> Option:
    command, _ = command_of(line.split(), registry)
    return Option(line, line, command.summary[:MORE] if command else "")
