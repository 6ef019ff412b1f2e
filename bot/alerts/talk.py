"""What people can do about alerts in Slack: the list of them, and the dialog that makes one."""

from bot.alerts import fields, listing, steps
from bot.alerts.form import changed, edit_view, opened, watch_view
from bot.alerts.history import TITLE, history_view
from bot.alerts.sent import check, kept
from bot.blocks import WATCH
from bot.dialogs import Feature, Opening, Sending

FIGURING = "I look how the figure stands…"
ELEMENTS = (
    fields.LINE, fields.FIGURE, fields.CONDITION, fields.WHERE, fields.VALUE, fields.MORE,
    fields.TRY,
)  # fmt: skip

ALERTS = Feature(
    pages={"alerts": listing.listing},
    opens={
        WATCH: Opening(watch_view, fields.MAKE, FIGURING, opened),
        listing.EDIT: Opening(edit_view, fields.CHANGE, FIGURING, opened),
        listing.HISTORY: Opening(history_view, TITLE, "I look what happened…"),
    },
    acts={
        listing.SILENCE: steps.silence,
        listing.SPEAK: steps.speak,
        listing.GIVE_UP: steps.give_up,
        listing.TAKE_BACK: steps.take_back,
        listing.PAGE: steps.turn,
    },
    changes=dict.fromkeys(ELEMENTS, changed),
    sends={fields.WATCH_VIEW: Sending(kept, check)},
)
