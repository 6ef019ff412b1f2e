"""scikit-learn and LightGBM as judges of chances, each as it comes, on the same features."""

from collections.abc import Callable, Mapping, Sequence

import lightgbm
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from storage.forecasts._features import Known
from storage.forecasts._scores import Flags, Floats

LOGISTIC, BOOSTING, LIGHTGBM = "logistic, scikit-learn", "boosting, scikit-learn", "LightGBM"
Told = Callable[[Floats], Floats]


def judges(rows: Floats, came: Flags) -> dict[str, Told]:
    """How each tells the chance of a row, learned from others."""
    models = {
        LOGISTIC: make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)),
        BOOSTING: GradientBoostingClassifier(random_state=0),
        LIGHTGBM: lightgbm.LGBMClassifier(
            verbose=-1, n_jobs=1, deterministic=True, force_row_wise=True, random_state=0
        ),
    }
    return {name: _told(model.fit(rows, came)) for name, model in models.items()}


def _told(model: GradientBoostingClassifier) -> Told:
    return lambda wanted: model.predict_proba(wanted)[:, 1]


def in_folds(rows: Floats, came: Flags, fold: np.ndarray) -> dict[str, Floats]:
    """What each judge tells of each row from the other folds."""
    found = {name: np.zeros(len(came)) for name in (LOGISTIC, BOOSTING, LIGHTGBM)}
    for part in np.unique(fold):
        mine = fold == part
        for name, told in judges(rows[~mine], came[~mine]).items():
            found[name][mine] = told(rows[mine])
    return found


def flat(known: Sequence[Known]) -> Floats:
    """What is known as columns: numbers as they are, a flag for each word but the first."""
    names = sorted({name for one in known for name in one})
    return np.column_stack([column for name in names for column in _columns(name, known)])


def _columns(name: str, known: Sequence[Mapping]) -> list[Floats]:
    values = [one.get(name) for one in known]
    words = sorted({one for one in values if isinstance(one, str)})
    flags = [np.array([one == word for one in values], float) for word in words[1:]]
    if any(isinstance(one, float | int) for one in values):
        flags.append(np.array([0.0 if one is None else float(one) for one in values]))
    return flags
