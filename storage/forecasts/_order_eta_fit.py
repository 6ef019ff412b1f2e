"""The stages of a customer's order after its purchases, fitted: each from the store's own history.

Putting away by site, production by item and transport by lane are curves that lean on that of all
(`_hierarchy.py`), recent ones counting more and open ones as not ended at their age; picking is
told by the promise (`_picking.py`). A stage that the store does not know is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from storage.forecasts._fitted import Fitted, fitted_from
from storage.forecasts._hierarchy import grown, levels_of
from storage.forecasts._knots import Floats, knots_of
from storage.forecasts._lead_time_fit import paths_of
from storage.forecasts._order_eta_facts import Facts
from storage.forecasts._orders import Orders, seen_before
from storage.forecasts._picking import Picking, picking, picking_from

FEWEST = 30
DIGITS = 4
# every tenth of the thousandths in which chances are read
EVERY = 10
CURVES = ("docked", "made", "carried")
SAID = {"docked": "putting away", "made": "production", "picking": "picking",
        "carried": "transport"}  # fmt: skip


@dataclass(frozen=True)
class Stages:
    """What comes after the purchases of an order; a stage is null where it is not known.

    `docked` by site, `made` by item, `carried` by lane. Orders whose lines leave `together` wait
    for the last of them. `came`: what chances told of whole orders came to (see `_calibration.py`),
    null where reading them so was no help.
    """

    docked: Fitted | None
    made: Fitted | None
    carried: Fitted | None
    picking: Picking | None
    together: bool
    came: Floats | None = None

    @property
    def left_out(self) -> tuple[str, ...]:
        """The stages that are not known, as one says them."""
        return tuple(said for name, said in SAID.items() if getattr(self, name) is None)

    def as_json(self) -> dict[str, Any]:
        curves = {name: one.as_json() for name in CURVES if (one := getattr(self, name))}
        return {
            **curves, "together": self.together,
            **({"picking": self.picking.as_json()} if self.picking else {}),
            **({} if self.came is None else
               {"came": np.round(self.came[::EVERY], DIGITS).tolist()}),
        }  # fmt: skip


def stages_from(params: Mapping[str, Any]) -> Stages:
    """What `as_json` gave."""
    curves = {name: fitted_from(params[name]) if name in params else None for name in CURVES}
    came = None
    if "came" in params:
        given = np.array(params["came"])
        size = (len(given) - 1) * EVERY + 1
        came = np.interp(np.arange(size), np.arange(0, size, EVERY), given)
    return Stages(
        **curves, picking=picking_from(params["picking"]) if "picking" in params else None,
        together=params["together"], came=came,
    )  # fmt: skip


def fit(facts: Facts, day: int) -> Stages:
    """The stages as known before a day."""
    return Stages(
        _curves(facts.docked, day), _curves(facts.made, day), _curves(facts.carried, day),
        picking(facts.picked(day), day), facts.together(day),
    )  # fmt: skip


def _curves(orders: Orders, day: int) -> Fitted | None:
    """The curves of a stage by its one dimension; null where fewer than `FEWEST` had ended."""
    if not len(orders) or ((orders.end > 0) & (orders.end < day)).sum() < FEWEST:
        return None
    levels = levels_of(orders, tuple(orders.codes))
    found = grown(levels, seen_before(orders, day))
    return Fitted(levels[-1].dimensions, paths_of(orders, levels, found), found.n,
                  knots_of(found.grid), None)  # fmt: skip
