"""Why a pull failed, in words for everyone: what can be done, and nothing that the source said."""

import re

# The first that fits the error counts; an error may hold an address, or an answer of the source.
WORDS = (
    (r"\(401\)|refuses the (key|login)|gives no token|AccessDenied",
     "its key is refused: an operator can renew it"),
    (r"\(403\)|may not read|AccessError", "its key may not read all that is asked for"),
    (r"gone at the source", "much is gone there at once: an operator must say if that is meant"),
    (r"make no sense", "most of its rows make no sense: see what was refused"),
    (r"used up|answers 429", "its allowance of requests is used up: it goes on by itself"),
    (r"did not answer|too slow|answers 5\d\d|cut its answer|broken body",
     "it does not answer: it is tried again by itself"),
    (r"no (field|column|stream|property|such table)|has no |needs |no file",
     "something is not there that leadline.toml names: an operator can put it right"),
)  # fmt: skip
OTHER = "an operator sees why"


def why(error: str) -> str:
    """What an error comes to for whoever may not read it."""
    return next((words for pattern, words in WORDS if re.search(pattern, error)), OTHER)
