"""What people can do about digests in Slack: the list of them, and the dialog that makes one."""

from bot.dialogs import Feature, Opening, Sending
from bot.digests import fields, form, listing, steps

DIGESTS = Feature(
    pages={"digests": listing.listing},
    opens={
        listing.NEW: Opening(form.new_view, fields.MAKE, "I look who reads it…", form.opened),
        listing.EDIT: Opening(form.edit_view, fields.CHANGE, "I look what it says…", form.opened),
        listing.HISTORY: Opening(listing.history_view, "History", "I look what became of it…"),
    },
    acts={
        listing.PAUSE: steps.pause,
        listing.GO_ON: steps.go_on,
        listing.SKIP: steps.skip,
        listing.SEND: steps.send,
        listing.END: steps.end,
        listing.BACK: steps.back,
        listing.PAGE: steps.turn,
        listing.REMIND: steps.remind,
    },
    changes=dict.fromkeys((fields.LOOK, fields.START, fields.TRY), form.changed),
    sends={fields.VIEW: Sending(form.keep, form.check)},
)
