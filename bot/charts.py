"""A Chart as a block of Slack."""

from collections.abc import Sequence

from bot.mrkdwn import cut
from bot.plans import Block
from commands import Chart

TITLE = 50
LABEL = 20
SERIES = 6
POINTS = 20
SLICES = 12
NO_NAME = "–"
ENDS = ("", *(f" ({number})" for number in range(2, POINTS + 1)))
UNITS = {"d": "days", "": "count", "share": "share"}


def chart_block(chart: Chart) -> Block | None:
    """A native chart; none where fewer than two points have a value in every line, nor for a pie
    of nothing or of more slices than Slack draws.
    """
    full = [
        at
        for at in range(len(chart.x))
        if all(one.values[at] is not None for one in chart.series[:SERIES])
    ][-POINTS:]
    if len(full) < 2 or not chart.series:
        return None
    drawn = _pie(chart, full) if chart.kind == "pie" else _lines(chart, full)
    if chart.kind == "pie" and not 1 <= len(drawn["segments"]) <= SLICES:
        return None
    title = cut(chart.title or NO_NAME, TITLE)
    return {"type": "data_visualization", "title": title, "chart": drawn}


def _pie(chart: Chart, full: list[int]) -> Block:
    values = ((label, chart.series[0].values[at]) for label, at in _labels(chart, full))
    return {
        "type": "pie",
        "segments": [{"label": label, "value": v} for label, v in values if v and v > 0],
    }


def _lines(chart: Chart, full: list[int]) -> Block:
    labels = _labels(chart, full)
    lines = chart.series[:SERIES]
    return {
        "type": chart.kind,
        "series": [
            {
                "name": name,
                "data": [{"label": label, "value": one.values[at]} for label, at in labels],
            }
            for name, one in zip(unique([one.name for one in lines]), lines, strict=True)
        ],
        "axis_config": {
            "categories": [label for label, _ in labels],
            "y_label": cut(UNITS.get(chart.unit, chart.unit), TITLE),
        },
    }


def _labels(chart: Chart, full: list[int]) -> list[tuple[str, int]]:
    return list(zip(unique([chart.x[at] for at in full]), full, strict=True))


def unique(names: Sequence[str]) -> list[str]:
    """The names within Slack's limit and no two alike: it refuses a chart that repeats one."""
    made: list[str] = []
    for name in names:
        tries = (f"{cut(name or NO_NAME, LABEL - len(end))}{end}" for end in ENDS)
        made.append(next(one for one in tries if one not in made))
    return made
