"""A browser, and the page of the local workspace, once for all tests that need them."""

import shutil

import pytest

from tests.need import need

CHROMIUM = "chromium"


@pytest.fixture(scope="session")
def browser():
    need(CHROMIUM, "npm")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=shutil.which(CHROMIUM), args=["--no-sandbox"]
        )
        yield found
        found.close()


@pytest.fixture(scope="session")
def built():
    """The folder of the page."""
    need(CHROMIUM, "npm")
    from bot.demo.build import build
    from bot.demo.run import CACHE

    return build(CACHE, print)


@pytest.fixture
def opened(browser):
    """Opens pages on which nothing may fail: `opened(address)`."""
    pages, faults = [], []

    def open_one(address, width=1100, height=900, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(10_000)
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(address)
        page.wait_for_selector(".composer input")
        return page

    yield open_one
    for page in pages:
        page.close()
    assert faults == []
