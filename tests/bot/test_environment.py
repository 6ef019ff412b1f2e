"""What stands in .env counts, as a shell reads it; secrets are put there for its owner alone."""

import stat
import subprocess

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot._values import SettingsError, secret
from bot.environment import free_variable, keep, read, with_file

# of one line, as a shell counts lines
SECRET = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\n\0"), min_size=1, max_size=20
).filter(lambda text: text.strip() == text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SECRET)
@example("a\u2028b\x85c\x0cd\re")
def test_a_secret_comes_back_as_it_was(tmp_path, kept):
    path = tmp_path / ".env"
    path.unlink(missing_ok=True)
    keep(path, "A_SECRET", kept)
    assert read(path) == {"A_SECRET": kept}


@pytest.mark.parametrize("kept", ["plain", "a b", 'it\'s $HOME `x` "y" #z', "a#b", "\\n"])
def test_a_shell_reads_the_same(tmp_path, kept):
    path = tmp_path / ".env"
    path.write_text("OTHER=1")
    keep(path, "A_SECRET", kept)
    call = ["sh", "-c", f'set -a; . {path}; printf %s "$OTHER$A_SECRET"']
    done = subprocess.run(call, capture_output=True, check=True)
    assert done.stdout.decode() == f"1{kept}"


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    path = tmp_path / ".env"
    path.write_text("# ours\nOTHER=1\n")
    path.chmod(0o644)
    keep(path, "A_SECRET", "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "# ours\nOTHER=1\nA_SECRET=x\n"


def test_a_key_of_several_lines_gets_a_file_of_its_own(tmp_path):
    path = tmp_path / ".env"
    key = "-----BEGIN KEY-----\nabc\n-----END KEY-----"
    keep(path, "ERP_SECRET", key)
    assert secret(read(path), "ERP_SECRET") == key
    beside = tmp_path / "erp_secret.key"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    with pytest.raises(SettingsError, match="move it away"):
        keep(path, "ERP_SECRET", key)


def test_the_environment_counts_before_the_file(tmp_path):
    (tmp_path / ".env").write_text("# A=0\nexport A=1\nB='2 3'\nC=it's\n\nD\nE=5 # five\n")
    env = {"LEADLINE_CONFIG": str(tmp_path / "leadline.toml"), "A": "9"}
    assert with_file(env) == {**env, "B": "2 3", "C": "it's", "E": "5"}


def test_lines_may_end_as_windows_ends_them(tmp_path):
    (tmp_path / ".env").write_bytes(b"A=1\r\nB='2 3'\r\n")
    assert read(tmp_path / ".env") == {"A": "1", "B": "2 3"}


def test_a_file_that_is_not_there_says_nothing(tmp_path):
    assert read(tmp_path / ".env") == {}


def test_a_variable_that_is_in_use_is_not_taken():
    assert free_variable("my-erp", {}) == "MY_ERP_SECRET"
    taken = {"ERP_SECRET": "x", "ERP_SECRET_2_FILE": "/x"}
    assert free_variable("erp", taken) == "ERP_SECRET_3"
