"""Builds the page of the local workspace, once for each state of its sources."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

WEB = Path(__file__).parent / "web"
NEEDED = ("package.json", "package-lock.json", ".npmrc")
TOLD_EVERY = 25
NO_NODE = (
    "the page of the local workspace needs Node: install nodejs and npm, or run"
    " pip install --require-hashes -r requirements-node.txt"
)


class BuildError(Exception):
    """The page can't be built; the message says what to do."""


def build(cache: Path, say: Callable[[str], None]) -> Path:
    """The folder with index.html, page.js and page.css; made in `cache` if it is not there yet.

    Fetches about 10 MB of npm packages at the first time. `say` tells of the progress.
    """
    done = cache / f"page-{_digest()}"
    if (done / "index.html").is_file():
        return done
    # a folder of our own: another demo may be building the same
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="building-", dir=cache))
    try:
        made = _build(work, say)
        with suppress(OSError):  # the other one was first
            made.rename(done)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def _build(work: Path, say: Callable[[str], None]) -> Path:
    npm, node = _tool("npm"), _tool("node")
    unwanted = shutil.ignore_patterns("node_modules", "dist")
    shutil.copytree(WEB, work, ignore=unwanted, dirs_exist_ok=True)
    say("Fetching the parts of the page (about 10 MB, once)")
    _fetch(npm, work, say)
    say("Building the page")
    made = work / "dist"
    esbuild = work / "node_modules" / "esbuild" / "bin" / "esbuild"
    options = ["--bundle", "--minify", "--jsx=transform", "--log-level=warning",
               "--define:process.env.NODE_ENV='production'"]  # fmt: skip
    for name in ("page.jsx", "page.css"):
        _run([node, str(esbuild), f"src/{name}", *options, f"--outdir={made}"], work)
    shutil.copyfile(work / "index.html", made / "index.html")
    return made


def _digest() -> str:
    """Names the state of everything that the page is made of."""
    digest = hashlib.blake2b(digest_size=8)
    files = [WEB / name for name in (*NEEDED, "index.html")] + sorted((WEB / "src").iterdir())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _tool(name: str) -> str:
    """Node's program of that name: the system's, or the one of the Python package."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name) or (str(beside) if beside.is_file() else None)
    if found is None:
        raise BuildError(NO_NODE)
    return found


def _fetch(npm: str, folder: Path, say: Callable[[str], None]) -> None:
    """Installs the packages of the lock file; tells how many of them have come so far."""
    lock = msgspec.json.decode((folder / "package-lock.json").read_bytes())["packages"]
    # what is optional is for other machines; the first one is the page itself
    wanted = sum(not one.get("optional") for one in lock.values()) - 1
    words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"]
    come, lines = 0, []
    with subprocess.Popen(  # noqa: S603 - our own words, no shell
        words, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    ) as fetching:  # fmt: skip
        for line in fetching.stderr or ():
            lines.append(line)
            come += ".tgz" in line and " 200 " in line
            if ".tgz" in line and come % TOLD_EVERY == 0:
                say(f"  {come} of {wanted} parts are here")
    if fetching.returncode:
        raise BuildError(f"npm failed:\n{''.join(lines)[-2000:]}")


def _run(words: list[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        words, cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"{Path(words[0]).name} failed:\n{(done.stderr or done.stdout)[-2000:]}")


def _environment() -> dict[str, str]:
    """Ours, with the programs of our Python first: its Node finds itself there."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path}
