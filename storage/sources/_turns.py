"""Several kinds of records in one stream, read one after the other from states of their own."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from storage.sources import Page, SourceError, State
from storage.sources._window import VERSION

Pull = Callable[[str, State | None], Iterator[Page]]
IsThere = Callable[[str, State | None], bool]


def by_turns(
    names: Sequence[str],
    state: State | None,
    pull: Pull,
    is_there: IsThere = lambda name, state: True,
    counted: Collection[str] | None = None,
) -> Iterator[Page]:
    """The pages of all kinds that are there, from the one that was under way: a pull that dies
    again and again behind its first page still comes to the last kind.

    A kind of which `is_there` says that it was taken away fails the stream when the others are
    read. The stream is complete up to where the kind is that is complete the least far, of those
    that are `counted` (null: all).
    """
    states, order = _kept(names, state)
    there, lost = _looked(order, states, is_there)
    for name in there:
        for page in pull(name, states.get(name)):
            states[name] = page.state
            turn = names.index(name) + (not _is_under_way(page.state))
            after = {"v": VERSION, "turn": names[turn % len(names)], "parts": {**states}}
            wanted = {*there, *states}.intersection(names if counted is None else counted)
            begins = page.begins and len(names) == 1
            yield replace(page, state=after, high=_high(states, wanted), begins=begins)
    if lost is not None:
        raise lost


def _kept(names: Sequence[str], state: State | None) -> tuple[dict[str, State], Sequence[str]]:
    """The states of the kinds, and the kinds from the one whose turn it is."""
    kept = state if state and state.get("v") == VERSION else {}
    found = kept.get("parts") or kept.get("types") or {}  # what it was called once
    begin = names.index(kept["turn"]) if kept.get("turn") in names else 0
    return {one: found[one] for one in names if one in found}, [*names[begin:], *names[:begin]]


def _looked(
    order: Sequence[str], states: Mapping[str, State], is_there: IsThere
) -> tuple[list[str], SourceError | None]:
    """The kinds that are there, and why the last of those is not that was taken away."""
    there, lost = [], None
    for name in order:
        try:
            if is_there(name, states.get(name)):
                there.append(name)
        except SourceError as error:
            if not error.permanent:
                raise
            lost = error
    return there, lost


def _is_under_way(state: State) -> bool:
    """Whether a kind stopped inside a window, a list or a pass over one."""
    passes = [state, *(one for one in state.values() if isinstance(one, Mapping))]
    is_within = "window" in state or "next" in state
    return is_within or any(one.get("after") is not None for one in passes)


def _high(states: Mapping[str, State], names: Collection[str]) -> datetime | None:
    highs = [states.get(name, {}).get("high") for name in names]
    known = [datetime.fromisoformat(one) for one in highs if one]
    return min(known) if known and len(known) == len(highs) else None
