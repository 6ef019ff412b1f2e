"""How the fitted models stand: said in `status`, in a line each."""

from dataclasses import replace

from sqlmodel import Session

from commands._contract import Answer, Ask, Sentence, Topic
from storage.fits import Standing, standing
from storage.forecasts import load

TOPICS: dict[str, Topic] = {"lead-time": "supply", "churn": "customers"}
ROWS = {"lead-time": "orders", "churn": "observations"}


def with_forecasts(said: Answer, session: Session, ask: Ask) -> Answer:
    """The answer, and which models are in use, or why not; of those whose topic one may see."""
    models = load()
    notes = [
        Sentence(_told(models[one.model].title, one, ask), (TOPICS[one.model],))
        for one in standing(session, ask.now)
        if one.model in models and ask.grant.allows(TOPICS[one.model])
    ]
    return replace(said, notes=(*said.notes, *notes))


def _told(title: str, one: Standing, ask: Ask) -> str:
    day = one.fitted_at.astimezone(ask.zone)
    text = f"{title}: fitted {day:%-d %b %H:%M} on {one.rows:,} {ROWS[one.model]}"
    return f"{text}, and in use: {one.why}." if one.is_used else f"{text}, not used: {one.why}."
