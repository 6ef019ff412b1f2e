"""How it is said how good a model's forecasts are: its fit, its error, what was told and held."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from commands._track_record import Track
from storage.fits import Figures, Standing, error_of
from storage.forecasts import Model
from storage.forecasts._report import IN_USE

DIGITS = 4
IN_USE_NOW = "in use"
METHODS: Mapping[str, str] = {
    IN_USE: "Leadline",
    "eta": "Leadline, of what is open",
    "eta_clipped": "The same without its age",
    "ecdf_closed": "What each supplier delivered so far",
    "recency": "Days since the last order alone",
    "base_rate": "The share of all",
    "past_spend": "Past spend",
    "popularity": "How popular each item is",
    "clv orders": "Leadline, without a contract",
    "clv orders_past": "Past spend, without a contract",
    "clv contracts": "Leadline, with a contract",
    "clv contracts_past": "Past spend, with a contract",
    "lead-time fixed": "The median of each supplier",
    "order-eta fixed": "The promised day",
    "order-eta ecdf_closed": "What closed orders took",
    "order-eta supplies": "When its supplies come",
    "order-eta uncalibrated": "The same, not read by what came before",
    "order-eta promise": "Leadline, promise ahead",
    "slipping recency": "How many of the last five took long",
    "slipping log_rank": "The last month against the year before",
    "stock fixed": "A fixed lead time and the mean demand",
    "stock fixed_lead": "A fixed lead time, demand drawn",
}


def method(name: str, model: str = "") -> str:
    """What a method does, in words of the model or of all; one without is called by its name."""
    said = METHODS.get(f"{model} {name}") or METHODS.get(name)
    return said or name.replace("_", " ")


def state(model: Model, last: Standing | None) -> str:
    """Whether the last fit of a model is in use, or why not."""
    if last is None:
        return "nothing to fit yet"
    if last.version != model.version:
        return "to be fitted anew"
    if not last.is_used:
        return f"not used: {why(model, last)}"
    if change(model, last) == 0:  # it tells nobody apart, as where too few ever left
        return f"{IN_USE_NOW}: no better than “{method(model.baseline, model.id)}”"
    return IN_USE_NOW


def brief(model: Model, last: Standing | None) -> str:
    """The state of a model without its reasons, as it stands in a table."""
    return state(model, last).partition(":")[0]


def why(model: Model, last: Standing) -> str:
    """Why a fit is used or not, with its baseline in words."""
    baseline = method(model.baseline, model.id)
    return last.why.replace(model.baseline, f"“{baseline}”")


def change(model: Model, last: Standing | None) -> float | None:
    """By what share the error looking back is above that of the baseline; null where it is not
    known. The error is the pinball loss, of chances the Brier score."""
    methods = looked_back(last)
    mine, other = error_of(methods.get(IN_USE)), error_of(methods.get(model.baseline))
    return round(mine / other - 1, DIGITS) if mine is not None and other else None


def looked_back(last: Standing | None) -> Mapping[str, Figures]:
    """The figures of each method when a fit looked back; none without a fit."""
    return last.backtest.get("methods", {}) if last else {}


def summary(model: Model, last: Standing | None, track: Track) -> str:
    """What came of what was told, and how the fit did looking back, in one sentence."""
    stands = state(model, last)
    if last and stands == IN_USE_NOW:
        stands = f"looking back, {why(model, last)}"
    return f"{model.title}: **{_held(track)}**; {stands}."


def _held(track: Track) -> str:
    if not track.last.n:
        return "nothing that was told is decided yet"
    told = track.told()
    return told[0].lower() + told[1:]


def fitted(model: Model, last: Standing, zone: ZoneInfo) -> str:
    """When a fit was made, by the clocks of a zone, and of what."""
    at = last.fitted_at.astimezone(zone)
    return f"fitted {at:%-d %b %H:%M} on {last.rows:,} {model.rests_on}"


def rests_on(model: Model, last: Standing, zone: ZoneInfo) -> str:
    """The same as a sentence, and when that began of which it was made."""
    data = last.backtest.get("data", {})
    days = [date.fromisoformat(data[one]) for one in ("start", "end") if data.get(one)]
    begun = f", begun {' to '.join(f'{one:%-d %b %Y}' for one in days)}" if days else ""
    text = fitted(model, last, zone)
    return f"{text[0].upper()}{text[1:]}{begun}."
