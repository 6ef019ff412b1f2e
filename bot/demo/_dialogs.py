"""The dialogs that are open: for each person up to three views, of which the last is seen."""

import secrets
from collections.abc import Callable
from itertools import count

from bot.demo._fields import blank, entered, named
from bot.demo._members import Json
from bot.demo._payloads import APP, TEAM

MOST_VIEWS = 3


class Dialogs:
    """Views by their ids, with what was entered into each of them.

    `tell(kind, user, ...)` says which view a person sees, and which was closed.
    """

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self.views: dict[str, Json] = {}
        self._viewers: dict[str, str] = {}
        self._states: dict[str, Json] = {}
        self._stacks: dict[str, list[str]] = {}
        self._hashes = count(1)

    def open(self, user: str, view: Json) -> Json:
        """The first view of a dialog; another one that the person had open is gone."""
        for one in self._stacks.pop(user, []):
            self._forget(one)
        return self._add(user, view, None)

    def push(self, user: str, view: Json) -> Json:
        """A view over the one that is seen. There must be one, and room for another."""
        return self._add(user, view, self._stacks[user][-1])

    def change(self, view_id: str, view: Json) -> Json:
        """Shows something else; what was entered stays where the same field is there again."""
        old = self.views[view_id]
        kept = {name: old[name] for name in ("previous_view_id", "root_view_id")}
        return self._made(view_id, view, kept)

    def close(self, user: str, view_id: str, *, is_all: bool = False) -> list[tuple[Json, Json]]:
        """Takes away a view and what lies over it, or all; what was closed, the last one first,
        and what was entered there.
        """
        stack = self._stacks.get(user, [])
        at = 0 if is_all or view_id not in stack else stack.index(view_id)
        gone = stack[at:] if view_id in stack else [view_id]
        self._stacks[user] = stack[:at] if view_id in stack else stack
        found = [self._forget(one) for one in reversed(gone) if one in self.views]
        for view, _ in found:
            self._tell("closed", user, view_id=view["id"])
        return found

    def stack(self, user: str) -> list[Json]:
        return [self.views[one] for one in self._stacks.get(user, [])]

    def find(self, view_id: str, external_id: str) -> Json | None:
        if view_id in self.views:
            return self.views[view_id]
        return next(
            (one for one in self.views.values() if one.get("external_id") == external_id), None
        )

    def enter(self, view_id: str, values: Json) -> Json:
        """Notes what was entered, and gives back all that stands in the fields of the view."""
        known = self._states.get(view_id, {})
        self._states[view_id] = entered(
            entered(blank(self.views[view_id]["blocks"]), known), values
        )
        return self._states[view_id]

    def _add(self, user: str, view: Json, over: str | None) -> Json:
        view_id = f"V{secrets.token_hex(5)}"
        stack = self._stacks.setdefault(user, [])
        stack.append(view_id)
        self._viewers[view_id] = user
        return self._made(
            view_id, view, {"previous_view_id": over, "root_view_id": stack[0]}
        )  # fmt: skip

    def _made(self, view_id: str, view: Json, more: Json) -> Json:
        blocks = named(view.get("blocks") or [])
        empty, old = blank(blocks), self._states.get(view_id, {})
        self._states[view_id] = entered(empty, {
            block: {
                action: value for action, value in values.items()
                if value.get("type") == empty.get(block, {}).get(action, {}).get("type")
            }
            for block, values in old.items() if block in empty
        })  # fmt: skip
        self.views[view_id] = {
            "type": "modal", "private_metadata": "", "callback_id": "", "external_id": "",
            "clear_on_close": False, "notify_on_close": False,
            **view, **more, "blocks": blocks, "id": view_id, "team_id": TEAM, "app_id": APP,
            "app_installed_team_id": TEAM, "bot_id": "B0LEADLINE", "state": {"values": {}},
            "hash": f"{next(self._hashes)}.{secrets.token_hex(4)}",
        }  # fmt: skip
        self._tell("view", self._viewers[view_id], view=self.views[view_id])
        return self.views[view_id]

    def _forget(self, view_id: str) -> tuple[Json, Json]:
        self._viewers.pop(view_id, None)
        return self.views.pop(view_id), self._states.pop(view_id, {})
