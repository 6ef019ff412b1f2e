"""An optional language model that may choose one of the lines a sentence can mean; off by default.

It is sent the sentence and the lines, never a figure, and what it answers is a number among them
or nothing: it writes no line, and no figure.
"""

import logging
import re
from collections.abc import Sequence
from typing import Any, Literal

import httpx
import msgspec

from commands._reader import Choose

log = logging.getLogger(__name__)

TIMEOUT = 2.0  # the asker waits for three seconds at most
MOST_BYTES = 100_000
ASKED = (
    "A person asked a chat bot something. Below are the commands it can run, numbered. Answer with"
    " the number of the command that answers the question, or 0 if none does. Answer with the"
    " number alone."
)


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[reader]` of leadline.toml: which model chooses, and where it is asked."""

    kind: Literal["anthropic", "openai"]
    model: str
    url: str = ""
    secret: str = ""


def chooser(model: Model, transport: httpx.BaseTransport | None = None) -> Choose:
    """Asks the model for one of the lines; null where it gives none, is slow, or fails."""
    post = {"anthropic": _anthropic, "openai": _openai}[model.kind]

    def choose(text: str, lines: Sequence[str]) -> str | None:
        numbered = "\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1))
        asked = f"{numbered}\n\nThe question: {text}"
        try:
            with httpx.Client(timeout=TIMEOUT, transport=transport, trust_env=False) as client:
                said = post(client, model, asked)
        except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError) as error:
            log.warning("the reader's model did not answer: %s", type(error).__name__)
            return None
        return _chosen(said, lines)

    return choose


def _chosen(said: str, lines: Sequence[str]) -> str | None:
    match = re.fullmatch(r"\s*(\d{1,2})\.?\s*", said)
    number = int(match[1]) if match else 0
    return lines[number - 1] if 1 <= number <= len(lines) else None


def _anthropic(client: httpx.Client, model: Model, asked: str) -> str:
    found = _post(
        client,
        f"{model.url or 'https://api.anthropic.com'}/v1/messages",
        {"x-api-key": model.secret, "anthropic-version": "2023-06-01"},
        {"model": model.model, "max_tokens": 5, "system": ASKED,
         "messages": [{"role": "user", "content": asked}]},
    )  # fmt: skip
    return str(found["content"][0]["text"])


def _openai(client: httpx.Client, model: Model, asked: str) -> str:
    found = _post(
        client,
        f"{model.url or 'https://api.openai.com/v1'}/chat/completions",
        {"Authorization": f"Bearer {model.secret}"},
        {"model": model.model, "max_tokens": 5, "temperature": 0,
         "messages": [{"role": "system", "content": ASKED}, {"role": "user", "content": asked}]},
    )  # fmt: skip
    return str(found["choices"][0]["message"]["content"])


def _post(client: httpx.Client, url: str, headers: dict[str, str], body: Any) -> Any:
    reply = client.post(url, headers=headers, json=body)
    reply.raise_for_status()
    if len(reply.content) > MOST_BYTES:
        raise ValueError("too long an answer")
    return msgspec.json.decode(reply.content)
