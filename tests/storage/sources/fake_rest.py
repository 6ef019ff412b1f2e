"""What the small REST fakes of the tests share: a clock, late changes, faults, and answers."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

import httpx

FAULTS = {
    "429": (429, {}, b'{"message": "too many"}'),
    "429_retry_after": (429, {"Retry-After": "7"}, b""),
    "429_absurd": (429, {"Retry-After": "31536000"}, b""),
    "500": (500, {}, b"oh"),
    "html": (200, {"Content-Type": "text/html"}, b"<html>down</html>"),
}


class Refused(Exception):
    """The server does not take the request: a status and what it says."""

    def __init__(self, status, said):
        super().__init__(status, said)
        self.status, self.said = status, said


class FakeRest:
    """Records by id, the newest last. `answer(path, asked)` of the vendor's fake gives JSON."""

    def __init__(self):
        self.now = datetime(2026, 5, 4, 10, tzinfo=UTC)
        self.records, self.late, self.fault, self.asked = {}, [], None, []

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)
        for one in [one for one in self.late if one[0] <= self.now]:
            self.late.remove(one)
            self.records[one[1]] = one[2]

    def put(self, id_, record, visible_after=0.0):
        if visible_after:
            self.late.append((self.now + timedelta(seconds=visible_after), id_, record))
        else:
            self.records[id_] = record

    def newest(self, id_):
        """A record as it is, though it may not be seen yet."""
        late = [record for _, one, record in self.late if one == id_]
        return late[-1] if late else self.records[id_]

    def delete(self, id_):
        del self.records[id_]
        self.late = [one for one in self.late if one[1] != id_]

    def handle(self, request):
        """What the server answers; for `httpx.MockTransport`."""
        fault, self.fault = self.fault, None
        if fault == "drop":
            raise httpx.ReadError("dropped")
        if fault:
            return self._reply(*FAULTS[fault])
        asked = parse_qsl(request.url.query.decode())
        self.asked.append(dict(asked))
        try:
            if not self.is_known(request.headers):
                raise Refused(401, {"message": "who are you"})
            said = self.answer(request.url.path, dict(asked) if len(dict(asked)) == len(asked)
                               else asked)  # fmt: skip
        except Refused as error:
            return self._reply(error.status, {}, json.dumps(error.said).encode())
        return self._reply(200, {}, json.dumps(said).encode())

    def only(self, asked, *known):
        """Refuses what the API has no parameter for."""
        if wrong := set(asked) - set(known):
            raise Refused(422, {"message": f"no parameter {min(wrong)}"})

    def _reply(self, status, headers, content):
        return dated(self.now, status, headers, content)


def dated(now, status, headers, content):
    """An answer with the clock of its server, as one that is not read yet."""
    date = format_datetime(now, usegmt=True)
    return httpx.Response(
        status, headers={"Date": date, **headers}, stream=httpx.ByteStream(content)
    )
