"""The result page in a real Chromium: parts are exchanged without leaving the page, keys lead through results and words."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from tests.browser.chromium import ARGUMENTS, CHROMIUM, WATCH
from tests.builders import PASSWORD, make_resources
from tests.search_world import SearchWorld

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this computer")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of the bureau's that notes what the content policy refused."""
    house = make_resources(tmp_path_factory.mktemp("browser"))
    world = SearchWorld(house)
    server = create_server(world.app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            locale="zh-CN",
            viewport={"width": 1366, "height": 768},
            base_url=f"http://127.0.0.1:{server.effective_port}",
        )
        context.add_init_script(WATCH)
        opened = context.new_page()
        opened.set_default_timeout(10_000)
        opened.goto("/login")
        opened.fill("#f-login", "bureau")
        opened.fill("#f-password", PASSWORD)
        opened.click("main button[type=submit]")
        yield opened
        browser.close()
    server.close()
    house.close()


@pytest.fixture(scope="module")
def past_policy(page: Page) -> Iterator[Page]:
    """The same person in a window without the policy, into which axe can be put."""
    assert page.context.browser is not None
    context = page.context.browser.new_context(bypass_csp=True, storage_state=page.context.storage_state())
    yield context.new_page()
    context.close()


def ask(page: Page, query: str) -> None:
    page.goto(f"/search/?q={query}")
    page.wait_for_selector("html.is-ready")


def test_a_facet_a_chip_and_an_order_exchange_the_part_and_keep_the_page(page: Page) -> None:
    ask(page, "调解")
    page.evaluate("window.isSamePage = true")
    page.click(".facet a:has-text('石桥镇人民政府')")
    page.wait_for_selector("h2:has-text('共 1 篇')")
    page.click(".search-sort a:has-text('字数')")
    page.wait_for_selector(".search-sort a[aria-current]:has-text('字数')")
    assert page.input_value("#query") == "调解 单位=石桥镇人民政府"
    page.click(".chip-drop:has-text('单位')")
    page.wait_for_selector("h2:has-text('共 3 篇')")
    assert (page.evaluate("window.isSamePage"), "sort=-words" in page.url) == (True, True)
    page.go_back()
    page.wait_for_selector("h2:has-text('共 1 篇')")
    assert page.evaluate("window.policyFaults") == []


def test_keys_pick_open_and_lead_through_words_and_results(page: Page) -> None:
    ask(page, "调解")
    for key in ("j", "x"):
        page.keyboard.press(key)
    assert (page.inner_text("[data-batch-count]"), page.is_enabled("text=加入汇编")) == ("已选 1 项", True)
    page.check("[data-pick-every]")
    assert page.inner_text("[data-batch-count]") == "已选 3 项"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"at=1#hit-1"))
    page.wait_for_selector(".mark-hit.is-current")
    hits = page.locator("mark[id^='hit-']").count()
    for _ in range(hits):
        page.keyboard.press("n")
    assert page.inner_text("[data-hits-count]") == f"正文命中 1 / {hits} 处"
    page.keyboard.press("j")
    page.wait_for_url(re.compile(r"at=2#hit-1"))
    page.wait_for_selector("html.is-ready")
    page.keyboard.press("k")
    page.wait_for_url(re.compile(r"at=1#hit-1"))
    assert page.evaluate("window.policyFaults") == []


@pytest.mark.parametrize(
    "path",
    [
        "/search/?q=调解 标签=枫桥经验",
        "/search/?q=枫桥 拆迁",
        "/search/?q=分数>x",
        "/search/saved",
        "/search/return?q=调解&all=1",
        "/search/tags?q=调解&all=1&do=add&tag=hearing",
        "/bureau/essays/1?q=调解&at=1",
    ],
)
def test_every_state_keeps_the_policy_and_axe_finds_nothing(page: Page, past_policy: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.policyFaults") == []
    past_policy.goto(page.url)
    found = Axe().run(past_policy).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
