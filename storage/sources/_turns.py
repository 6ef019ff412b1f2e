"""Several kinds of records in one stream, read one after the other from states of their own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from storage.sources import Page, State
from storage.sources._hubspot_cursor import Turns


def by_turns(
    names: Sequence[str],
    state: State | None,
    is_there: Callable[[str, State | None], bool],
    pull: Callable[[str, State | None], Iterator[Page]],
) -> Iterator[Page]:
    """The pages of all kinds that are there, from the one that was under way.

    The stream is complete up to where the kind is that is complete the least far.
    """
    turns = Turns.of(state, names)
    order = [name for name in turns.order() if is_there(name, turns.states.get(name))]
    for name in order:
        for page in pull(name, turns.states.get(name)):
            after = turns.after(name, page.state)
            yield replace(page, state=after, high=turns.high(order))
