"""Prism between the source and the fake account: HubSpot's own descriptions judge both.

The lists of owners and of properties have descriptions of their own there; ours retells them.
"""

import fcntl
import json
import shutil
import socket
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

HERE = Path(__file__).parent / "prism"
ROOT = Path(__file__).parents[3]
SPECS = ROOT.parent / "shared" / "specs" / "hubspot"
CACHE = ROOT / ".cache" / "prism"
START_SECONDS = 60
RETOLD = HERE / "owners_and_properties.json"
# What only an app asks that is installed by OAuth, beside the objects.
OF_APPS = {
    "/oauth/2026-03/": SPECS / "oauth_2026-03.json",
    "/webhooks-journal/": SPECS / "webhooks_journal_2026-03.json",
    "/crm/objects/2026-03/": SPECS / "objects_2026-03.json",
    "/crm/v4/associations/": SPECS / "associations_v4.json",
    "/crm/owners/": RETOLD,
    "/crm/properties/": RETOLD,
}
# The first that fits describes the path.
DESCRIBED = {
    "/crm/v3/objects/feedback_submissions": SPECS / "feedback_submissions_v3.json",
    "/crm/v3/objects/": SPECS / "objects_v3.json",
    "/crm/objects/2026-03/": SPECS / "objects_2026-03.json",
    "/crm/v4/associations/": SPECS / "associations_v4.json",
    "/crm/v3/owners": RETOLD,
    "/crm/owners/": RETOLD,
    "/crm/v3/properties/": RETOLD,
    "/crm/properties/": RETOLD,
}


@dataclass(frozen=True)
class Judged:
    """One request and what the description has against it and against its answer."""

    method: str
    path: str
    query: str
    body: bytes
    status: int
    request_faults: list
    answer_faults: list


@dataclass
class Judge:
    """Where the source sends its requests to, and all that was judged."""

    url: str = ""
    seen: list[Judged] = field(default_factory=list)


def install():
    """Prism as pinned, in the cache folder; its files come from npm once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # the tests may run in several processes
        if not _is_installed():
            _npm_ci()
    return CACHE / "node_modules" / ".bin" / "prism"


def _is_installed():
    kept = CACHE / "installed.json"
    return kept.exists() and kept.read_bytes() == (HERE / "package-lock.json").read_bytes()


def _npm_ci():
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, CACHE / name)
    command = [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.copy(HERE / "package-lock.json", CACHE / "installed.json")


@contextmanager
def judge(binary, upstream, described=DESCRIBED):
    """One Prism for each description, all in front of `upstream`, and a router before them."""
    with ExitStack() as stack:
        ports = {}
        for spec in dict.fromkeys(described.values()):
            ports[spec] = _free_port()
            stack.enter_context(_prism(binary, spec, upstream, ports[spec]))
        client = stack.enter_context(httpx.Client(timeout=30, trust_env=False))
        routes = {path: ports[spec] for path, spec in described.items()}
        judge = Judge()
        router = ThreadingHTTPServer(("127.0.0.1", 0), _router(judge, client, routes))
        router.daemon_threads = True
        judge.url = f"http://127.0.0.1:{router.server_port}"
        thread = threading.Thread(target=router.serve_forever, args=(0.05,))
        thread.start()
        try:
            for port in ports.values():
                _wait(port)
            yield judge
        finally:
            router.shutdown()
            thread.join()
            router.server_close()


@contextmanager
def _prism(binary, spec, upstream, port):
    command = [binary, "proxy", spec, upstream, "-h", "127.0.0.1", "-p", str(port), "-v", "error"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(port):
    """Until the port answers: Prism reads its description before it listens."""
    transport = httpx.HTTPTransport(retries=12)  # with a growing pause between them
    with httpx.Client(transport=transport, timeout=START_SECONDS, trust_env=False) as client:
        client.get(f"http://127.0.0.1:{port}/")


def _router(judge, client, routes):
    class Router(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path, _, query = self.path.partition("?")
            port = next((routes[one] for one in routes if path.startswith(one)), None)
            if port is None:  # nobody describes it: as wrong as can be
                judge.seen.append(Judged(self.command, path, query, body, 0, ["unknown path"], []))
                self.send_error(404)
                return
            kept = {name: value for name, value in self.headers.items()
                    if name.lower() in ("authorization", "content-type", "accept")}  # fmt: skip
            url = f"http://127.0.0.1:{port}{self.path}"
            reply = client.request(self.command, url, content=body, headers=kept)
            judge.seen.append(_judged(self.command, path, query, body, reply))
            self._answer(reply)

        def _answer(self, reply):
            self.send_response_only(reply.status_code)
            for name in ("Date", "Content-Type", "Retry-After"):
                if name in reply.headers:
                    self.send_header(name, reply.headers[name])
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = _pass_on  # noqa: N815 - the names that http.server looks for

    return Router


def _judged(method, path, query, body, reply):
    told = reply.headers.get("sl-violations", "[]")
    if not told.startswith("["):  # too many to be told
        return Judged(method, path, query, body, reply.status_code, [told], [])
    faults = json.loads(told)
    of_request = [one for one in faults if one["location"][0] == "request"]
    of_answer = [one for one in faults if one["location"][0] != "request"]
    return Judged(method, path, query, body, reply.status_code, of_request, of_answer)
