"""SAP CAP with SAP's own models of its services, served as OData V2: it judges what is asked."""

import fcntl
import re
import shutil
import socket
import subprocess
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote

import httpx

HERE = Path(__file__).parent / "cap"
ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "cap"
PATH = "/sap/opu/odata/sap/"
VERSION = re.compile(r";v=\d+")


@dataclass(frozen=True)
class Asked:
    """A request: its service, its set, its options, and the status that it was given."""

    service: str
    name: str
    options: dict
    status: int
    answer: str


@dataclass
class Judge(httpx.BaseTransport):
    """The way to CAP; it keeps all that is asked. A service's version is no part of its model."""

    url: str
    seen: list = field(default_factory=list)
    inner: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def handle_request(self, request):
        url = httpx.URL(VERSION.sub("", str(request.url)))
        sent = httpx.Request(request.method, url, headers=request.headers, content=request.read())
        reply = self.inner.handle_request(sent)
        body = reply.read()
        path, _, query = url.raw_path.decode().partition("?")
        service, _, name = unquote(path).removeprefix(PATH).partition("/")
        options = {key: one for key, (one,) in parse_qs(query).items()}
        self.seen.append(Asked(service, name, options, reply.status_code, body.decode()))
        kept = {key: one for key, one in reply.headers.items() if key in ("date", "content-type")}
        return httpx.Response(reply.status_code, headers=kept, stream=httpx.ByteStream(body))

    def close(self):
        self.inner.close()


def install():
    """CAP as pinned, in the cache folder; its files come from npm once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # the tests may run in several processes
        kept, lock = CACHE / "installed.json", HERE / "package-lock.json"
        if not (kept.exists() and kept.read_bytes() == lock.read_bytes()):
            _npm_ci()
            shutil.copy(lock, kept)
    return CACHE / "node_modules"


def _npm_ci():
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, CACHE / name)
    command = [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def judge(modules, project, seeds):
    """CAP on a port of its own; `seeds`: records by service and set, with values in ISO form."""
    node = shutil.which("node")
    subprocess.run([node, HERE / "prepare.cjs", modules, project], check=True)
    (project / "node_modules").symlink_to(modules)
    shutil.copy(HERE / "package.json", project)
    shutil.copy(HERE / "cdsrc.json", project / ".cdsrc.json")
    _sow(project / "db" / "data", seeds)
    port = _free_port()
    command = [node, modules / ".bin" / "cds-serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            _wait(process.stdout)
            rest = threading.Thread(target=deque, args=(process.stdout, 0))
            rest.start()
            yield Judge(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(timeout=10)
    rest.join()


def _sow(folder, seeds):
    """CAP takes a value in quotes as a text, if an empty one, and none at all for null."""
    folder.mkdir(parents=True)
    for full, records in seeds.items():
        names = list(dict.fromkeys(name for record in records for name in record))
        lines = [",".join(names)]
        lines += [
            ",".join(f'"{record[name]}"' if name in record else "" for name in names)
            for record in records
        ]
        (folder / f"{full}.csv").write_text("\n".join(lines) + "\n")


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(out):
    """Until it listens: it compiles all models before. One that ends instead has said why."""
    said = []
    for line in out:
        said.append(line)
        if "server listening" in line:
            return
    raise AssertionError("".join(said))
