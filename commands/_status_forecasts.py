"""How the fitted models stand: said in `status`, in a line each."""

from dataclasses import replace

from sqlmodel import Session

from commands._contract import Answer, Ask, FollowUp, Sentence
from commands._trust_words import IN_USE_NOW, fitted, state, why
from storage.fits import Standing, standing
from storage.forecasts import Model, load


def with_forecasts(said: Answer, session: Session, ask: Ask) -> Answer:
    """The answer, and which models are in use, or why not, of those whose topic one may see; and
    the way to what they can be trusted with."""
    models = load()
    notes = [
        Sentence(_told(model, one, ask), (model.topic,))
        for one in standing(session, ask.now)
        if (model := models.get(one.model)) and ask.grant.allows(model.topic)
    ]
    if not notes:
        return said
    trust = FollowUp("Can I trust the forecasts?", "trust")
    return replace(
        said, notes=(*said.notes, *notes), follow_ups=(*said.follow_ups, trust)
    )  # fmt: skip


def _told(model: Model, one: Standing, ask: Ask) -> str:
    text = f"{model.title}: {fitted(model, one, ask.zone)}"
    stands = state(model, one)
    return f"{text}, " + (
        f"and {stands}: {why(model, one)}." if stands == IN_USE_NOW else f"{stands}."
    )
