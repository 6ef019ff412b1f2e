"""The files that people copy work as they stand, and the README tells no tales."""

import re
import tomllib
from pathlib import Path

from bot.settings import load_settings
from commands import load

ROOT = Path(__file__).parent.parent
README = ROOT.joinpath("README.md")


def test_the_example_configuration_loads():
    env = {
        "LEADLINE_CONFIG": str(ROOT / "leadline.example.toml"),
        "ERP_API_KEY": "x",
        "CRM_TOKEN": "x",
    }
    settings = load_settings(env)
    assert [one.key for _, one in settings.sources] == ["odoo:erp", "hubspot:crm", "csv:old"]
    assert [one.id for one in settings.digests] == ["monday"]
    assert [one.id for one in settings.rules] == [
        "slow-suppliers", "late-by-supplier", "slower-than-last-year",
    ]  # fmt: skip
    assert settings.goals == {"otif": 0.95, "lead-time": 30.0}


def test_the_secrets_of_the_example_stand_in_the_example_of_the_environment():
    raw = tomllib.loads(ROOT.joinpath("leadline.example.toml").read_text("utf-8"))
    env = ROOT.joinpath(".env.example").read_text("utf-8")
    for block in raw["sources"].values():
        assert f"{block.get('secret_env', 'PORT')}=" in env


def test_the_readme_names_every_command_and_no_other():
    text = README.read_text("utf-8")
    table = text.split("## What it answers")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z-]+)", table, re.MULTILINE))
    assert named == set(load())


def test_the_readme_names_every_verb():
    from typer.main import get_command

    from bot.__main__ import cli

    text = README.read_text("utf-8")
    for name in get_command(cli).commands:
        assert f"python -m bot {name}" in text, name


def test_every_file_that_the_readme_points_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)#]+)", README.read_text("utf-8")):
        assert ROOT.joinpath(target).exists(), target
