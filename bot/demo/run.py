"""The demo: a sample company, its Leadline, and a workspace in the browser; all on this machine."""

import os
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot import process
from bot.clock import true_time
from bot.demo._cast import BUYERS, SELLERS
from bot.demo._kept import (
    ADA,
    GENERAL,
    GUS,
    NOOR,
    OPERATIONS,
    PARTNERS,
    SALES,
    empty,
    written,
)
from bot.demo._members import BOT, Channel, Person
from bot.demo._told import remembering
from bot.demo.build import build
from bot.demo.company import Company
from bot.demo.page_server import served
from bot.demo.servers import serve
from bot.demo.workspace import Workspace
from bot.manifest import definition
from bot.pace import Pace
from bot.progress import bars, told
from bot.settings import SLASH, Settings, load_settings
from bot.sources import pulled
from commands import Command, load
from storage import schema
from storage.store import Store

SEED = 2024
STEP_SECONDS = 2.0
CACHE = Path(__file__).parents[2] / ".cache"

Say = Callable[[str], None]


def demo(say: Say, *, keep: Path | None = None, port: int = 0, stop: threading.Event) -> None:
    """Runs the demo until `stop` is set. With `keep` its configuration and store stay there."""
    begun = time.monotonic()

    def tell(text: str) -> None:
        say(f"{time.monotonic() - begun:5.1f} s  {text}")

    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        folder = empty(keep or Path(stack.enter_context(TemporaryDirectory(prefix="leadline-"))))
        page: Future[Path] = pool.submit(build, CACHE, tell)
        tell("Making up two years of a sample company")
        company = Company(SEED, true_time())
        servers = stack.enter_context(serve(company, true_time))
        workspace = _workspace(load())
        base = stack.enter_context(served(workspace, page.result(), port=port))
        settings = load_settings(written(folder, servers, workspace, base))
        store = Store(settings.database_url)
        stack.callback(store.close)
        schema.upgrade(store)
        tell("Reading its ERP and CRM through the connectors")
        first_pull(settings, store, tell)
        stack.enter_context(_moving(company, stop))
        stack.enter_context(remembering(store, ZoneInfo(settings.zone), stop))
        parts = process.assemble(settings, store, "demo", true_time, pace=Pace())
        tell(f"Ready: open {base} and type /leadtime or /churn (Ctrl-C ends it)")
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            webbrowser.open(base)
        process.run(settings, parts, process.Part.ALL, stop)


def _workspace(registry: Mapping[str, Command]) -> Workspace:
    features = definition(registry, SLASH)["features"]
    slash = features["slash_commands"]
    for one in slash:
        if not SLASH[one["command"]]:
            one["questions"] = [
                {"line": name, "what": command.summary} for name, command in registry.items()
            ]
    return Workspace(
        [
            Person(ADA, "Ada", "operations", email=BUYERS[0].email),
            Person(NOOR, "Noor", "sales", email=SELLERS[0].email),
            Person(GUS, "Gus", "guest", is_guest=True, email="gus@elsewhere.example"),
        ],
        [
            Channel(OPERATIONS, "operations", (ADA, NOOR, BOT), topic="Supply and deliveries"),
            Channel(SALES, "sales", (ADA, NOOR, BOT), topic="Customers"),
            Channel(GENERAL, "general", (ADA, NOOR, GUS, BOT)),
            Channel(PARTNERS, "partners", (ADA, NOOR, BOT), is_external=True,
                    topic="Shared with another company"),
        ],
        slash,
        time.time,
        features["shortcuts"],
    )  # fmt: skip


def first_pull(settings: Settings, store: Store, tell: Say) -> None:
    """Reads the systems once; says which stream could not be read."""
    with bars() as progress:
        results = [
            result
            for kind, one in settings.sources
            for result in pulled(
                kind, one, store, true_time(), owner="demo", clock=true_time, progress=progress
            )
        ]
    for result in results:
        if result.error:
            tell(told(result))


@contextmanager
def _moving(company: Company, stop: threading.Event) -> Iterator[None]:
    """The company goes on until the demo ends."""

    def go_on() -> None:
        while not stop.wait(STEP_SECONDS):
            company.step(true_time())

    mover = threading.Thread(target=go_on, daemon=True, name="company")
    mover.start()
    yield
    mover.join(STEP_SECONDS)
