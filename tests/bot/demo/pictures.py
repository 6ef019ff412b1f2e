"""Makes the pictures of the README from the demo: `make pictures`.

The figures in them are those of the day on which they are made.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).parents[3]
WHERE = ROOT / "bot" / "demo" / "pictures"
LINES = {
    "lead-time": "/leadtime borealis",
    "churn": "/churn",
    "exposed": "/leadline exposed",
    "why": "/leadline why harbour",
    "impact": "/leadline impact borealis",
    "customer": "/leadline customer dorn",
    "stock": "/leadline stock at risk",
    "otif": "/leadline otif by month",
    "suppliers": "/leadline suppliers",
    "sentence": "/leadline which suppliers got slower this month?",
}
SHOWN = ("lead-time",)
ALERT, DIGEST, QUESTIONS = "Suppliers let us wait", "Monday operations", 4
# high enough for the longest answer: what is scrolled away is not in a picture
SIZES = {"desktop": {"width": 1100, "height": 2400}, "phone": {"width": 390, "height": 4000}}


def main(every: bool, where: Path) -> None:
    """The pictures that are shown; or all lines in both sizes, light and dark, to look at."""
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo, address = _demo(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        try:
            for size in SIZES if every else ("desktop",):
                for scheme in ("light", "dark") if every else ("light",):
                    page = browser.new_page(viewport=SIZES[size], color_scheme=scheme)
                    page.goto(address)
                    page.wait_for_selector(".composer input")
                    for name in LINES if every else SHOWN:
                        more = f"-{size}-{scheme}" if every else ""
                        _picture(page, LINES[name], where / f"{name}{more}.png")
                    _alert(page, where / f"alert{more}.png")
                    _digest(page, where / f"digest{more}.png")
                    page.close()
        finally:
            browser.close()
            demo.terminate()
            demo.wait(20)


def _demo(folder: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--keep", str(folder / "kept")],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    for line in process.stdout:
        print(line, end="")
        if "Ready" in line:
            return process, next(word for word in line.split() if word.startswith("http://"))
    raise SystemExit("the demo did not start")


def _picture(page: Page, line: str, file: Path) -> None:
    """Asks a line and takes the answer as it stands on the page."""
    answers = page.locator("article", has_text="Only visible to you")
    before = answers.count()
    page.locator(".composer input").fill(line)
    page.locator(".composer input").press("Enter")
    answer = answers.nth(before)
    answer.wait_for(timeout=30_000)
    page.wait_for_timeout(700)  # a chart draws itself in half a second
    answer.screenshot(path=file)
    print(file.name)


def _alert(page: Page, file: Path) -> None:
    """Takes the alert of the demo that stands for two suppliers."""
    card = page.locator("main article", has_text=ALERT).filter(
        has=page.get_by_role("button", name="Who is affected?")
    )
    card.first.wait_for(timeout=30_000)
    _taken(card.first, file)


def _digest(page: Page, file: Path) -> None:
    """Lets the digest of the demo be sent to oneself, and takes it."""
    page.get_by_role("button", name="operations").click()
    page.locator(".composer input").fill("/leadline digests")
    page.locator(".composer input").press("Enter")
    listed = page.locator("main article", has_text=DIGEST).last
    listed.get_by_role("button", name="Send a test to me").first.click()
    page.get_by_role("button", name="Leadline", exact=False).first.click()
    digest = page.locator("main article", has_text=f"Test: {DIGEST}").last
    digest.get_by_role("button", name=f"{QUESTIONS} replies").wait_for(timeout=30_000)
    _taken(digest, file)


def _taken(shown: Locator, file: Path) -> None:
    shown.page.mouse.move(0, 0)  # what the pointer is over has a menu
    shown.page.wait_for_timeout(300)
    shown.screenshot(path=file)
    print(file.name)


if __name__ == "__main__":
    main("--all" in sys.argv, Path(sys.argv[-1]) if "--to" in sys.argv else WHERE)
