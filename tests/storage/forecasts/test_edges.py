"""Every model on companies with next to nothing in them: it says so, and nothing fails.

Where all that there is ended alike, a model of chances may still tell the share of all, and prove
no worse than that; but it must tell nobody apart.
"""

import json
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from storage.fits import in_use, refit
from storage.forecasts import load
from tests.storage.forecasts.companies import NOW, WAYS, company, environment

BERLIN = ZoneInfo("Europe/Berlin")
MODELS = load()


@pytest.fixture(scope="module", params=WAYS)
def made(request, tmp_path_factory):
    """A company of each kind: the way it was filled, its folder and its store."""
    folder = tmp_path_factory.mktemp(request.param)
    world = company(folder, request.param)
    yield request.param, folder, world.store
    world.store.close()


def quietly(*_):
    pass


def has_history(way, name):
    """Whether there is something to learn: of one supplier and customer for years there may be,
    and orders that were never delivered still tell who orders."""
    return way == "lone" or (way == "open" and MODELS[name].topic == "customers")


def tells_nothing(report):
    """Whether there is no look back, or it told of nothing that came out differently."""
    mine = report["methods"].get("leadline")
    return mine is None or {mine[one] for one in ("auc", "pinball", "slope")} == {None}


def strict(text):
    """JSON without what it does not have: NaN and infinities."""

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("name", MODELS)
def test_a_fit_to_next_to_nothing_is_not_used_or_tells_nobody_apart(made, name):
    way, _, store = made
    kept = refit(store, [MODELS[name]], NOW, BERLIN, quietly)
    assert len(kept) <= 1
    with store.reader() as session:
        row = in_use(session, MODELS[name], NOW)
    if row is not None:
        strict(row.params)
        assert has_history(way, name) or tells_nothing(row.backtest)


def test_the_verb_ends_well_whatever_there_is(made):
    way, folder, _ = made
    words = ("backtest", "--format", "json", "--since", "2025-06-01")
    done = CliRunner().invoke(cli, words, env=environment(folder))
    assert done.exit_code == 0, done.output
    found = strict(done.output)
    assert [one["model"] for one in found] == list(MODELS)
    assert all(has_history(way, one["model"]) or tells_nothing(one) for one in found)


@pytest.mark.parametrize("name", MODELS)
def test_of_nothing_at_all_it_says_that_this_is_too_little(tmp_path, name):
    company(tmp_path, "nothing")
    done = CliRunner().invoke(cli, ["backtest", name], env=environment(tmp_path))
    assert (done.exit_code, done.output) == (
        0, f"{name}: 0 rows\nToo little history to look back on.\n",
    )  # fmt: skip
