import pytest

from storage.sources._host import host, origin


@pytest.mark.parametrize(
    ("site", "found"),
    [("https://www.ACME.example/de?x=1", "acme.example"), ("acme.example", "acme.example"),
     ("www.acme.example:8080", "acme.example"), ("//acme.example", "acme.example"),
     ("Ann <ann@ACME.example>", "acme.example"), ("ann@mail.acme.example", "mail.acme.example"),
     ("https://acme.example/@ann", "acme.example"), (" ", None), (None, None),
     ("n/a", None), ("none", None), ("[none]", None), ("https://[", None)],
)  # fmt: skip
def test_a_company_is_known_by_the_host_of_its_website_or_address(site, found):
    assert host(site) == found


@pytest.mark.parametrize(
    ("link", "shown"),
    [("https://ann:pw@files.example:8443/a?sig=s3cret#x", "https://files.example:8443"),
     ("//files.example/a?sig=s3cret", "https://files.example"),
     ("/login?token=s3cret", "another path"), ("", "another path"), ("https://[", "nowhere")],
)  # fmt: skip
def test_a_link_is_told_without_what_lets_one_in(link, shown):
    assert origin(link) == shown
