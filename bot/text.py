"""Figures as a person reads them, and an Answer or a Notice as CSV or JSON for programs."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from commands import Answer, Basis, Chart, Notice, SourceAge, Table, Value
from commands._basis import ago, source_label

# A cell that begins so would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def shown(value: Value, unit: str = "") -> str:
    """A figure as a person reads it; null is "n/a", a share is a percentage."""
    if value is None:
        return "n/a"
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{float(value) * 100:.0f} %"
    is_whole = float(value).is_integer() or abs(float(value)) >= 1000
    number = f"{value:,.0f}" if is_whole else f"{value:,.1f}"
    if len(unit) == 3 and unit.isupper():
        return f"{unit} {number}"
    return f"{number} {unit}".rstrip()


def basis_line(basis: Basis, zone: ZoneInfo) -> str:
    """What a figure rests on, in one line."""
    start, end = basis.start.astimezone(zone), basis.end.astimezone(zone)
    parts = [
        f"{basis.metric}@{basis.version}",
        _span(start, end),
        f"n = {basis.n:,}" + (f", {basis.open:,} open" if basis.open else ""),
        *(f"{source_label(one.name)} {_age(one)}" for one in basis.sources),
    ]
    if basis.coverage is not None:
        parts.append(f"{basis.coverage:.0%} matched")
    if basis.history_from:
        parts.append(f"history from {basis.history_from.astimezone(zone):%-d %b %Y}")
    return " · ".join([*parts, *(one.text for one in basis.notes)])


def _span(start: datetime, end: datetime) -> str:
    first, last = f"{start:%-d %b %Y}", f"{end:%-d %b %Y}"
    return first if first == last else f"{first} – {last}"


def as_json(said: Answer | Notice) -> dict[str, Any]:
    """The keys that programs rely on; null where there is none, instants ISO 8601 in UTC.

    A notice has the same keys: its text is the summary, its choices are the follow-ups.
    """
    if isinstance(said, Notice):
        no_figures = dict.fromkeys(("detail", "readings", "table", "chart", "notes"))
        return {
            "kind": "notice",
            "error": said.error,
            "title": said.title,
            "summary": said.text.replace("**", ""),
            **no_figures,
            "follow_ups": [{"label": one.label, "line": one.line} for one in said.choices],
            "basis": None,
        }
    return {
        "kind": "answer",
        "error": False,
        "title": said.title,
        "summary": said.summary.text.replace("**", ""),
        "detail": [one.text.replace("**", "") for one in said.detail],
        "readings": [
            {"name": one.name, "value": _number(one.value), "unit": one.unit, "low": one.low,
             "high": one.high, "topic": one.topic, "metric": one.metric}
            for one in said.readings
        ],
        "table": _json_table(said.table) if said.table else None,
        "chart": _json_chart(said.chart) if said.chart else None,
        "notes": [one.text for one in said.notes],
        "follow_ups": [{"label": one.label, "line": one.line} for one in said.follow_ups],
        "basis": [_json_basis(one) for one in said.basis],
    }  # fmt: skip


def as_csv(said: Answer | Notice, *, is_evidence: bool = False) -> str:
    """Rows with a header: of the table, or those it was computed from; readings where there are
    none. A text that a spreadsheet would run is quoted.
    """
    lines = io.StringIO()
    out = csv.writer(lines)  # its line ends are those of RFC 4180, and so quoted within a cell
    if isinstance(said, Notice):
        out.writerows([["notice"], [_safe(f"{said.title}: {said.text}")]])
    elif table := said.evidence if is_evidence else said.table:
        out.writerow([heading(one.name, one.unit) for one in table.columns])
        out.writerows([_safe(value) for value in row] for row in table.rows)
    else:
        out.writerow(["name", "value", "unit", "low", "high"])
        out.writerows(
            [_safe(one.name), _safe(_number(one.value)), one.unit, _safe(one.low), _safe(one.high)]
            for one in said.readings
        )
    return lines.getvalue()


def heading(name: str, unit: str) -> str:
    """A column's name with the unit of its figures."""
    return f"{name} ({unit})" if unit and unit != "share" else name


def _age(source: SourceAge) -> str:
    if source.age is None:
        return "never read"
    return f"{ago(source.age)} old" + (", stale" if source.stale else "")


def _safe(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _number(value: Value) -> Value:
    return float(value) if isinstance(value, Decimal) else value


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z") if at else None


def _json_table(table: Table) -> dict[str, Any]:
    return {
        "columns": [
            {"name": one.name, "unit": one.unit, "topic": one.topic, "metric": one.metric}
            for one in table.columns
        ],
        "rows": [[_number(value) for value in row] for row in table.rows],
        "total": table.total,
    }


def _json_chart(chart: Chart) -> dict[str, Any]:
    return {
        "kind": chart.kind,
        "title": chart.title,
        "x": list(chart.x),
        "series": [{"name": one.name, "values": list(one.values)} for one in chart.series],
    }


def _json_basis(basis: Basis) -> dict[str, Any]:
    return {
        "metric": basis.metric,
        "version": basis.version,
        "window": {"start": _instant(basis.start), "end": _instant(basis.end)},
        "n": basis.n,
        "open": basis.open,
        "as_of": _instant(basis.as_of),
        "history_from": _instant(basis.history_from),
        "coverage": basis.coverage,
        "notes": [one.text for one in basis.notes],
        "sources": [
            {
                "name": one.name,
                "age_s": None if one.age is None else int(one.age.total_seconds()),
                "stale": one.stale,
            }
            for one in basis.sources
        ],
    }
