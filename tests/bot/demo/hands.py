"""What a person does at the page."""


def say(page, line):
    page.locator("main .composer input").fill(line)
    page.locator("main .composer input").press("Enter")


def push(page, label):
    """Presses the last button of that name."""
    page.get_by_role("button", name=label, exact=True).last.click()


def dialog(page, name):
    found = page.get_by_role("dialog", name=name)
    found.wait_for()
    return found


def sent(found, label):
    """Sends a dialog, which closes."""
    found.get_by_role("button", name=label, exact=True).click()
    found.wait_for(state="detached")
