"""What a demo runs with, as files: its leadline.toml and .env, which one can make one's own."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from bot.demo.servers import CRM_SECRET, ERP_SECRET, Servers, source_blocks
from bot.demo.workspace import Workspace
from bot.settings import SettingsError

CONFIG, SECRETS, STORE = "leadline.toml", ".env", "leadline.db"
ADA, NOOR, GUS = "U0ADA", "U0NOOR", "U0GUS"
OPERATIONS, SALES, GENERAL, PARTNERS = "C0OPERATIONS", "C0SALES", "C0GENERAL", "C0PARTNERS"

TEXT = """# What the demo ran with. To make it yours: name your own systems under [sources.…],
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
[access.operators]
people = ["{ada}"]

[[digests]]
id = "monday"
title = "Monday operations"
channel = "{operations}"
cron = "0 9 * * 1"
zone = "Europe/Berlin"
ask = ["otif last week", "suppliers", "stock at risk", "backorders"]

[[digests]]
id = "renewals"
title = "Renewals in the next 60 days with how we delivered to them"
channel = "{sales}"
cron = "0 9 * * 1"
zone = "Europe/Berlin"
ask = ["renewals next 60 days"]

[[rules]]
id = "steel"
title = "Steel slows down"
ask = "lead-time borealis"
when = "above 36"
clear = "below 33"
channel = "{operations}"
every = "1m"

[[rules]]                           # each supplier by itself; those that fire at once share a post
id = "overdue"
title = "Suppliers let us wait"
ask = "suppliers"
each = true
figure = "Overdue"
when = "at least 1"
clear = "below 1"
channel = "{operations}"
every = "1m"

[[rules]]                           # those of whom the CRM says that Noor looks after them
id = "noor"
title = "My customers wait for a late order"
ask = "exposed"
each = true
figure = "12 months"
when = "above 100000"
unit = "EUR"
owner = "{noor}"
scope = "mine"
channel = "{noor}"
every = "1m"
"""
OWN = """# What the demo ran with. To make it yours: set your own tokens, and remove SLACK_API_URL
# and DATABASE_URL, which point to the sample.
"""


def empty(folder: Path) -> Path:
    """The folder, made if it is not there; one that holds a Leadline already is refused."""
    for name in (CONFIG, SECRETS, STORE):
        if (folder / name).exists():
            raise SettingsError(f"--keep {folder}: there is a {name} already; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def written(folder: Path, servers: Servers, workspace: Workspace, base: str) -> Mapping[str, str]:
    """Writes leadline.toml and .env for a demo; the environment that they make."""
    config = folder / CONFIG
    config.write_text(
        TEXT.format(
            sources=source_blocks(servers), ada=ADA, noor=NOOR, operations=OPERATIONS, sales=SALES
        ),
        "utf-8",
    )
    env = {
        "LEADLINE_CONFIG": str(config),
        "DATABASE_URL": f"sqlite:///{folder / STORE}",
        "ERP_API_KEY": ERP_SECRET,
        "CRM_TOKEN": CRM_SECRET,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": f"{base}/api/",
        "PORT": "0",
    }
    kept = folder / SECRETS
    kept.touch(0o600)
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in env.items()]
    kept.write_text(OWN + "".join(lines), "utf-8")
    return env
