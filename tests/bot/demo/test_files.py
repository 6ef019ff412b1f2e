import pytest

from bot.demo._files import Files


@pytest.fixture
def files():
    return Files()


def test_a_file_is_announced_sent_and_shared_and_only_then_read(files):
    file = files.announce("a.csv", 3)
    assert files.share([file.id], "D1") is None
    assert files.upload(file.id, b"1,2")
    assert files.read(file.id) is None
    [shown] = files.share([file.id], "D1")
    assert (shown["name"], shown["size"], shown["url"]) == ("a.csv", 3, f"/files/{file.id}")
    assert files.read(file.id).content == b"1,2"


def test_what_was_not_announced_or_has_another_length_is_not_taken(files):
    file = files.announce("a.csv", 3)
    assert not files.upload(file.id, b"1234")
    assert not files.upload("F0", b"123")
    assert files.share(["F0"], "D1") is None
    assert files.share([], "D1") is None
