"""The demo: a sample company, its Leadline, and a workspace in the browser; all on this machine."""

import os
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot import process
from bot.demo._members import BOT, Channel, Person
from bot.demo.build import build
from bot.demo.company import Company
from bot.demo.page_server import served
from bot.demo.servers import CRM_SECRET, ERP_SECRET, Servers, serve, source_blocks
from bot.demo.workspace import Workspace
from bot.manifest import definition
from bot.progress import bars
from bot.settings import SLASH, Settings, load_settings
from bot.sources import pulled
from commands import Command, load
from storage import schema
from storage.store import Store

SEED = 2024
STEP_SECONDS = 2.0
CACHE = Path(__file__).parents[2] / ".cache"
ADA, NOOR, GUS = "U0ADA", "U0NOOR", "U0GUS"
OPERATIONS, SALES, GENERAL, PARTNERS = "C0OPERATIONS", "C0SALES", "C0GENERAL", "C0PARTNERS"

CONFIG = """# What the demo ran with. To make it yours: name your own systems under [sources.…],
# your own people and channels under [access.…], and set the tokens of your own Slack app.
zone = "Europe/Berlin"

{sources}
[access.supply]
people = ["{ada}"]
channels = ["{operations}"]
[access.customers]
people = ["{ada}", "{noor}"]
channels = ["{operations}", "{sales}"]
[access.revenue]
people = ["{ada}", "{noor}"]
channels = ["{sales}"]

[[digests]]
id = "monday"
title = "Monday, nine o'clock"
channel = "{sales}"
cron = "0 9 * * 1"
zone = "Europe/Berlin"
ask = ["churn"]

[[rules]]
id = "steel"
ask = "lead-time borealis"
when = "above 36"
clear = "below 33"
channel = "{operations}"
every = "1m"
"""

Say = Callable[[str], None]


def demo(say: Say, *, keep: Path | None = None, port: int = 0, stop: threading.Event) -> None:
    """Runs the demo until `stop` is set. With `keep` its configuration and store stay there."""
    begun = time.monotonic()

    def tell(text: str) -> None:
        say(f"{time.monotonic() - begun:5.1f} s  {text}")

    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        folder = _folder(stack, keep)
        CACHE.mkdir(exist_ok=True)
        page: Future[Path] = pool.submit(build, CACHE, tell)
        tell("Making up two years of a sample company")
        company = Company(SEED, _now())
        servers = stack.enter_context(serve(company, _now))
        workspace = _workspace(load())
        base = stack.enter_context(served(workspace, page.result(), port=port))
        settings = load_settings(_configured(folder, servers, workspace, base))
        store = Store(settings.database_url)
        stack.callback(store.close)
        schema.upgrade(store)
        tell("Reading its ERP and CRM through the connectors")
        _first_sync(settings, store)
        stack.enter_context(_moving(company, stop))
        parts = process.assemble(settings, store, "demo", _now)
        tell(f"Ready: open {base} and type /leadtime or /churn (Ctrl-C ends it)")
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            webbrowser.open(base)
        process.run(settings, parts, process.Part.ALL, stop)


def _now() -> datetime:
    return datetime.now(UTC)


def _folder(stack: ExitStack, keep: Path | None) -> Path:
    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadline-")))
    keep.mkdir(parents=True, exist_ok=True)
    return keep


def _configured(
    folder: Path, servers: Servers, workspace: Workspace, base: str
) -> Mapping[str, str]:
    """Writes leadline.toml and .env for the demo; the environment that they make."""
    config = folder / "leadline.toml"
    config.write_text(
        CONFIG.format(
            sources=source_blocks(servers), ada=ADA, noor=NOOR, operations=OPERATIONS, sales=SALES
        ),
        "utf-8",
    )
    env = {
        "LEADLINE_CONFIG": str(config),
        "DATABASE_URL": f"sqlite:///{folder / 'leadline.db'}",
        "ERP_API_KEY": ERP_SECRET,
        "CRM_TOKEN": CRM_SECRET,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": f"{base}/api/",
        "PORT": "0",
    }
    kept = folder / ".env"
    kept.write_text("".join(f"{name}={value}\n" for name, value in env.items()), "utf-8")
    kept.chmod(0o600)
    return env


def _workspace(registry: Mapping[str, Command]) -> Workspace:
    slash = definition(registry, SLASH)["features"]["slash_commands"]
    for one in slash:
        if not SLASH[one["command"]]:
            one["questions"] = [
                {"line": name, "what": command.summary} for name, command in registry.items()
            ]
    return Workspace(
        [
            Person(ADA, "Ada", "operations"),
            Person(NOOR, "Noor", "sales"),
            Person(GUS, "Gus", "guest", is_guest=True),
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
    )  # fmt: skip


def _first_sync(settings: Settings, store: Store) -> None:
    with bars() as progress:
        for kind, one in settings.sources:
            pulled(kind, one, store, _now(), owner="demo", clock=_now, progress=progress)


@contextmanager
def _moving(company: Company, stop: threading.Event) -> Iterator[None]:
    """The company goes on until the demo ends."""

    def go_on() -> None:
        while not stop.wait(STEP_SECONDS):
            company.step(_now())

    mover = threading.Thread(target=go_on, daemon=True, name="company")
    mover.start()
    yield
    mover.join(STEP_SECONDS)
