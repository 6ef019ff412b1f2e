"""After a delivery: what customers answered, called for and ordered next, by how late it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from storage.metrics import Metric
from storage.metrics._clustered import NOTHING, clustered
from storage.metrics._due import Share
from storage.metrics._felt import DAYS, LOST_DAYS, Felt, Flags, Orders

METRIC = Metric(
    id="after-delivery",
    version=1,
    title="After a delivery",
    formula=(
        "Orders by the days between the day of their latest line and when it was all there, with"
        " what came in the 30 days after that, or after the day itself where it was not there by"
        " then: of the survey answers given, the share that was bad; of the orders, the share"
        " whose customer opened a ticket; and the share whose customer ordered nothing in the 273"
        " days after. An answer counts for the last order before it. The interval is Wilson's,"
        " 95 %, at the count that is worth as much as orders of different customers."
    ),
    unit="share",
    better="lower",
    needs=("salesorder", "salesline", "shipment", "ticket", "surveyresponse", "account", "party"),
    caveats=(
        "An association, not a cause: late orders may differ in other ways too.",
        "Bad answers: an NPS of 0 to 6, the lower two fifths of a satisfaction scale.",
        "Tickets: whatever they are about, of customers that are matched to the CRM.",
        "Not delivered: a line was called off in whole after its day, or is still owed.",
        "The day is the first promise, else the day that was asked for.",
        "Orders without a day are left out, and so are those whose days after are not over.",
    ),
    synonyms=("effect of lateness", "delivery experience of customers", "after late deliveries"),
)

NEVER = "not delivered"
BANDS = ("5 d early or more", "0 to 4 d early", "1 to 3 d late", "4 to 7 d late",
         "more than 7 d late", NEVER)  # fmt: skip
IN_TIME, LATE = (0, 1), (2, 3, 4)
# of fewer answers a figure says little, and what is published is shown beside it
THIN = 30
# shares of bad reviews (two stars of five or fewer) by band, the lowest and the highest found;
# that late orders lose customers is not borne out there, so there is nothing for orders
PUBLISHED: Mapping[str, tuple[float, float]] = {
    BANDS[0]: (0.09, 0.10), BANDS[2]: (0.33, 0.33), BANDS[3]: (0.74, 0.74), BANDS[4]: (0.81, 0.84),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What came of orders: a share by band, and of all in time and all late ones."""

    by_band: tuple[Share, ...]
    in_time: Share
    late: Share

    @property
    def n(self) -> int:
        return int(sum(one.n for one in self.by_band))


@dataclass(frozen=True)
class After:
    """What came of `orders` orders of `customers` customers, of whom `heard` could call us."""

    orders: int
    customers: int
    heard: int
    bad: Outcome
    tickets: Outcome
    lost: Outcome


def after(felt: Felt, span: tuple[int, int], today: int) -> After:
    """What came of the orders that were felt on the days [since, until) of `span` (ordinals)."""
    every = felt.orders
    is_in = (every.since >= span[0]) & (every.since < span[1])
    is_over = is_in & (every.since + DAYS < today)
    listened = is_over & felt.could_call
    is_lost = is_in & (every.since + LOST_DAYS < today)
    is_its = is_over[felt.answers]
    return After(
        int(is_over.sum()), len(np.unique(every.whose[is_over])),
        len(np.unique(every.whose[listened])),
        _outcome(every.only(felt.answers[is_its]), felt.was_bad[is_its]),
        _outcome(every.only(listened), felt.called[listened]),
        _outcome(every.only(is_lost), ~felt.again[is_lost]),
    )  # fmt: skip


def _outcome(of: Orders, holds: Flags) -> Outcome:
    def among(bands: Iterable[int]) -> Share:
        which = np.isin(of.band, list(bands))
        return clustered(holds[which], of.whose[which]) if which.any() else NOTHING

    return Outcome(
        tuple(among([band]) for band in range(len(BANDS))), among(IN_TIME), among(LATE)
    )  # fmt: skip
