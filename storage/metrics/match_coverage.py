"""Match coverage: how many customers of the ERP are linked to an account of the CRM."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.known.profiles import Profile
from storage.metrics import Metric

METRIC = Metric(
    id="match-coverage",
    version=2,
    title="Match coverage",
    formula=(
        "Companies known to the ERP as customers and to the CRM as an account, divided by all that"
        " the ERP knows as customers. Two are one by a person's decision, else when they alone"
        " bear the same customer number, VAT number, domain or name."
    ),
    unit="share",
    better="higher",
    needs=("party", "account"),
    caveats=(
        "A company with several records counts once.",
        "What is not linked has no tickets, contracts or surveys in any answer.",
    ),
    synonyms=("links", "matching", "matched customers"),
)


@dataclass(frozen=True)
class Coverage:
    """Companies by where they are known; `value` is null without customers in the ERP."""

    both: int
    erp_only: int
    crm_only: int

    @property
    def value(self) -> float | None:
        of = self.both + self.erp_only
        return self.both / of if of else None


def coverage(profiles: Iterable[Profile]) -> Coverage:
    """Over all companies that are customers; suppliers are none."""
    every = list(profiles)
    return Coverage(
        sum(one.is_in_erp and one.is_in_crm for one in every),
        sum(one.is_in_erp and not one.is_in_crm for one in every),
        sum(one.is_in_crm and not one.is_in_erp for one in every),
    )
