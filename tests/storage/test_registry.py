"""What is made of one module each is found, and what is wrong with a module is told by its name."""

import sys
from itertools import count

import pytest

from storage.registry import BadModule, discover

GOOD = "THING = {name!r}\n"
numbers = count()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in two folders that nobody has imported yet; gives back how to fill it."""
    name = f"found{next(numbers)}"
    inner, outer = tmp_path / "in" / name, tmp_path / "out" / name
    for folder in (inner, outer):
        folder.mkdir(parents=True)
    (inner / "__init__.py").write_text(f"__path__.append({str(outer)!r})\n")
    monkeypatch.syspath_prepend(str(tmp_path / "in"))

    def fill(modules, *, outside=()):
        for folder, texts in ((inner, modules), (outer, dict(outside))):
            for module, text in texts.items():
                (folder / f"{module}.py").write_text(text)
        return discover(name, "THING", str, str.upper)

    yield fill
    for module in [one for one in sys.modules if one.partition(".")[0] == name]:
        del sys.modules[module]


def test_modules_of_both_folders_are_found_by_the_name_of_what_they_define(package):
    assert package({"a": "THING = 'x'"}, outside={"b": "THING = 'y'"}) == {"X": "x", "Y": "y"}


def test_helpers_are_not_looked_at(package):
    assert package({"a": "THING = 'x'", "_help": "1 / 0"}) == {"X": "x"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"\.b must define THING = str\(\.\.\.\)"),
        ("THING = 3", r"\.b must define THING"),
        ("THING = 'x'", r"\.b: there is a THING named 'X' already"),
        ("THING =", r"\.b: SyntaxError"),
        ("import no_such_thing", r"\.b: ModuleNotFoundError: No module named 'no_such_thing'"),
        ("THING = undefined", r"\.b: NameError"),
        ("THING = 1 / 0", r"\.b: ZeroDivisionError"),
        ("THING = {}['x']", r"\.b: KeyError"),
    ],
)
def test_a_module_that_cannot_be_used_is_told_with_its_name(package, text, said):
    with pytest.raises(BadModule, match=said):
        package({"a": "THING = 'x'"}, outside={"b": text})


@pytest.mark.parametrize("name", ["a", "_help"])
def test_a_module_that_would_hide_behind_another_is_told_with_its_place(package, name):
    with pytest.raises(BadModule, match=f"out.*{name}: there is a .*{name} already; rename it"):
        package({"a": "THING = 'x'", "_help": ""}, outside={name: "THING = 'y'"})
