"""When an alert fires: one of a menu, with a number or without, and as a rule writes it down."""

from dataclasses import dataclass
from typing import Any, Literal

from bot.alerts.rule import Kind, Rule
from storage.watch import BOUND, OPPOSITE

Versus = Literal["", "prior", "year"]


@dataclass(frozen=True)
class Condition:
    """One line of the menu. `word` is that of its threshold; a change that falls is below a
    negative one. `needs`: whether a number of the figure's unit, a share in %, or none.
    """

    name: str
    text: str
    kind: Kind = "value"
    word: str = ""
    versus: Versus = ""
    needs: Literal["number", "percent", "nothing"] = "number"
    is_goal: bool = False
    is_falling: bool = False


def _change(name: str, text: str, word: str, versus: Versus) -> Condition:
    return Condition(name, text, "change", word, versus, "percent", is_falling=word == "below")


_EVERY = (
    Condition("above", "goes above a number", word="above"),
    Condition("below", "goes below a number", word="below"),
    Condition("at least", "is at or above a number", word="at least"),
    Condition("at most", "is at or below a number", word="at most"),
    _change("up", "rises by some % against the window before", "above", "prior"),
    _change("down", "falls by some % against the window before", "below", "prior"),
    _change("up-year", "rises by some % against last year", "above", "year"),
    _change("down-year", "falls by some % against last year", "below", "year"),
    Condition("over-goal", "goes above its goal", word="above", needs="nothing", is_goal=True),
    Condition("under-goal", "goes below its goal", word="below", needs="nothing", is_goal=True),
    Condition("unusual", "names a supplier that is unusually slow", "unusual", needs="nothing"),
    Condition("new", "has a row that was not there", "new", needs="nothing"),
)
CONDITIONS = {one.name: one for one in _EVERY}


def written(condition: Condition, value: str, clear: str, unit: str) -> dict[str, Any]:
    """The fields of a rule that say when it fires and when it is over; `value` and `clear` as a
    person wrote them. `unit` is that of a threshold on the figure itself.
    """
    if condition.is_goal:
        return _fields(condition, f"{condition.word} goal", "")
    if condition.needs == "nothing":
        return _fields(condition, "", "")
    percent = " %" if unit == "%" or condition.needs == "percent" else ""
    sign = "-" if condition.is_falling else ""
    when = f"{condition.word} {sign}{value}{percent}"
    over = f"{OPPOSITE[condition.word]} {sign}{clear}{percent}" if clear else ""
    return _fields(condition, when, over)


def read(rule: Rule) -> tuple[Condition, str, str]:
    """The condition of a rule, its number and that at which it is over, as a person writes them."""
    condition = _of(rule)
    return condition, _number(rule.when, condition), _number(rule.clear, condition)


def _of(rule: Rule) -> Condition:
    if rule.kind in ("unusual", "new"):
        return CONDITIONS[rule.kind]
    is_goal = rule.when.endswith("goal")
    word = rule.when.rpartition(" goal")[0] if is_goal else _parts(rule.when)[0]
    for one in _EVERY:
        is_kind = (one.kind, one.versus, one.is_goal) == (rule.kind, rule.versus, is_goal)
        if is_kind and one.word == word:
            return one
    return CONDITIONS["above"]


def _parts(bound: str) -> tuple[str, str]:
    found = BOUND.match(" ".join(bound.lower().split()))
    return (found[1], found[2]) if found else ("", "")


def _number(bound: str, condition: Condition) -> str:
    number = _parts(bound)[1]
    return number.removeprefix("-") if condition.is_falling else number


def _fields(condition: Condition, when: str, clear: str) -> dict[str, Any]:
    return {
        "kind": condition.kind, "versus": condition.versus, "when": when, "clear": clear,
    }  # fmt: skip
