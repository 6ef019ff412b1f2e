"""What people can do about alerts in Slack: the list of them, and the dialog that makes one."""

from bot.alerts.form import TITLE, WATCH_VIEW, faults, watch, watch_view
from bot.alerts.listing import listing
from bot.blocks import WATCH
from bot.dialogs import Feature, Opening, Sending

ALERTS = Feature(
    pages={"alerts": listing},
    opens={WATCH: Opening(watch_view, TITLE, "I look how the figure stands…")},
    sends={WATCH_VIEW: Sending(watch, faults)},
)
