"""The files of the local workspace: announced, sent to an address of their own, then shared."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo._members import Json


@dataclass
class File:
    """A file of the bot. It can be read once it is shared with a conversation."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    shared_with: str | None = None


class Files:
    """All files of a workspace by their ids, which nobody can guess."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}

    def announce(self, name: str, length: int) -> File:
        file = File(f"F{secrets.token_hex(12)}", name, length)
        self._files[file.id] = file
        return file

    def upload(self, key: str, content: bytes) -> bool:
        """Takes what was announced; false for what was not, or not of that length."""
        file = self._files.get(key)
        if file is None or len(content) != file.length:
            return False
        file.content = content
        return True

    def share(self, keys: Sequence[str], channel: str) -> list[Json] | None:
        """The files as a message shows them; null where one of them was not sent."""
        found = [self._files.get(key) for key in keys]
        ready = [file for file in found if file and file.content is not None]
        if not ready or len(ready) < len(found):
            return None
        for file in ready:
            file.shared_with = channel
        return [
            {"id": file.id, "name": file.name, "size": file.length, "url": f"/files/{file.id}"}
            for file in ready
        ]

    def read(self, key: str) -> File | None:
        file = self._files.get(key)
        return file if file and file.shared_with else None
