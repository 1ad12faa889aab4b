"""The pages in a real browser: nothing that axe finds, nothing from elsewhere, all by keyboard."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Response

from tests.web.browser.conftest import LAPTOP, PHONE

pytestmark = [pytest.mark.tool, pytest.mark.usefixtures("estate")]

MOST_BYTES = 150_000


@pytest.fixture
def paths(row: Callable[..., Any]) -> list[str]:
    resource = f"/resource?id={row(name='a').id}"
    return [
        "/",
        "/resources",
        resource,
        "/incidents",
        "/incident/i1",
        "/events",
        "/incident/none",
        "/none",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_axe_finds_nothing(
    look: Callable[..., Any], paths: list[str], scheme: str, window: dict[str, int]
) -> None:
    looking = look(color_scheme=scheme, viewport=window)
    for path in paths:
        found = Axe().run(looking.at(path)).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path


def test_nothing_comes_from_elsewhere_and_nothing_goes_wrong(
    look: Callable[..., Any], paths: list[str]
) -> None:
    looking = look()
    for path in paths[:-2]:
        looking.at(path)
    assert (looking.foreign, looking.faults) == ([], [])


def test_a_page_is_never_wider_than_a_phone(look: Callable[..., Any], paths: list[str]) -> None:
    looking = look(viewport=PHONE)
    for path in paths:
        wide = looking.at(path).evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], path


def test_without_scripts_every_page_tells_the_same(
    look: Callable[..., Any], paths: list[str]
) -> None:
    with_scripts, without = look(timezone_id="UTC"), look(java_script_enabled=False)
    for path in paths:
        texts = {each.at(path).locator("main").inner_text() for each in (with_scripts, without)}
        assert len(texts) == 1, path
    assert "Live" not in without.page.locator("header").inner_text()


def test_the_first_page_is_whole_after_few_bytes(look: Callable[..., Any]) -> None:
    looking = look()
    answers: list[Response] = []

    def answered(response: Response) -> None:
        answers.append(response)

    looking.page.on("response", answered)
    looking.at("/")
    bodies = [each.body() for each in answers]
    assert len(bodies) >= 3  # the page, its style and its script; its icon comes when it likes
    assert sum(len(gzip.compress(each)) for each in bodies) <= MOST_BYTES


def test_the_first_key_skips_to_what_is_shown(look: Callable[..., Any]) -> None:
    page = look().at("/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to what is shown"
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("id") == "main"


def test_all_is_reached_by_keyboard_and_it_shows_where_one_is(
    look: Callable[..., Any], paths: list[str]
) -> None:
    for path in paths[:2]:
        page = look().at(path)
        ways = page.locator("a[href], button, input, select, [tabindex='0']").count()
        outlines = []
        for _ in range(ways):
            page.keyboard.press("Tab")
            page.evaluate("document.activeElement.dataset.reached = 'yes'")
            outlines.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        assert page.locator("[data-reached]").count() == ways
        assert set(outlines) <= {"solid", "auto"}


def test_a_resource_is_found_by_a_part_of_its_name(look: Callable[..., Any]) -> None:
    page = look().at("/resources")
    page.get_by_label("part of the id").fill("/b")
    page.get_by_role("button", name="Show").click()
    assert page.locator("tbody th a").all_inner_texts() == ["b"]
    page.locator("tbody th a").click()
    assert page.locator("h1").inner_text() == "b"
