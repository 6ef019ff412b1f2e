"""The parts of Leadline that add lists, dialogs and buttons to the conversation."""

from collections.abc import Mapping, Sequence

from bot.alerts.deeds import DEEDS
from bot.alerts.owner_page import OWNERS
from bot.alerts.silences import SILENCES
from bot.alerts.talk import ALERTS
from bot.dialogs import Feature
from bot.digests.talk import DIGESTS
from bot.replies import Page
from bot.share import SHARING

FEATURES: tuple[Feature, ...] = (SHARING, ALERTS, DEEDS, OWNERS, SILENCES, DIGESTS)


def pages(features: Sequence[Feature] = FEATURES) -> Mapping[str, Page]:
    """The commands whose answer only Slack can show."""
    return {name: page for one in features for name, page in one.pages.items()}
