"""What a person does and reads on the co-design page."""

import re

from playwright.sync_api import Page, expect

INPUT = "input[name={}][value={}]"


def checked(page: Page, group: str, option: str) -> None:
    expect(page.locator(INPUT.format(group, option))).to_be_checked()


def want(page: Page, group: str, option: str) -> None:
    """Click an option that says that it cannot be had as it is: a person can, and so can this."""
    page.locator(f"label.option:has({INPUT.format(group, option)})").click(force=True)


def status(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.locator("[role=status][data-part=status]")).to_have_text(sentence)
