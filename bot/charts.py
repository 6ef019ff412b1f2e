"""A Chart as a block of Slack."""

from bot.mrkdwn import cut
from bot.plans import Block
from commands import Chart

TITLE = 50
LABEL = 20
SERIES = 6
POINTS = 20
UNITS = {"d": "days", "": "count", "share": "share"}


def chart_block(chart: Chart) -> Block | None:
    """A native chart; none where fewer than two points have a value in every line."""
    full = [
        at
        for at in range(len(chart.x))
        if all(one.values[at] is not None for one in chart.series[:SERIES])
    ][-POINTS:]
    if len(full) < 2 or not chart.series:
        return None
    drawn = _pie(chart, full) if chart.kind == "pie" else _lines(chart, full)
    return {"type": "data_visualization", "title": cut(chart.title, TITLE), "chart": drawn}


def _pie(chart: Chart, full: list[int]) -> Block:
    values = ((_label(chart, at), chart.series[0].values[at]) for at in full)
    return {
        "type": "pie",
        "segments": [{"label": label, "value": v} for label, v in values if v and v > 0],
    }


def _lines(chart: Chart, full: list[int]) -> Block:
    return {
        "type": chart.kind,
        "series": [
            {
                "name": cut(one.name, LABEL),
                "data": [{"label": _label(chart, at), "value": one.values[at]} for at in full],
            }
            for one in chart.series[:SERIES]
        ],
        "axis_config": {
            "categories": [_label(chart, at) for at in full],
            "y_label": cut(UNITS.get(chart.unit, chart.unit), TITLE),
        },
    }


def _label(chart: Chart, at: int) -> str:
    return cut(chart.x[at], LABEL)
