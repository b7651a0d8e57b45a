"""The parts of the interface in a real Chromium: policy, accessibility, keys, Chinese input, autosave, ordering, upload."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from waitress.server import create_server

from tests.architecture.front_end_gallery import make_gallery_app
from tests.browser.chromium import ARGUMENTS, CHROMIUM, WATCH

PAGES = ("/", "/review", "/parts", "/parts-with-errors", "/reading", "/login", "/missing")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this computer")]


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_gallery_app()


@pytest.fixture(scope="module")
def site(app: Flask) -> Iterator[str]:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, site: str, app: Flask) -> Iterator[BrowserContext]:
    app.config["LAST_FORMS"].clear()
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}, base_url=site)
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    """A page that fails its test at the end for any console error, policy fault or request to another host."""
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((site, "data:", "blob:")) else faults.append(request.url),
    )
    yield page
    if not page.is_closed():
        faults += page.evaluate("window.policyFaults")
    expected = [fault for fault in faults if "net::ERR_INTERNET_DISCONNECTED" in fault or "409" in fault]
    assert [fault for fault in faults if fault not in expected] == []


def open_page(page: Page, path: str) -> None:
    """Open a page and wait until its modules have run."""
    page.goto(path)
    page.wait_for_selector("html.is-ready")


def sent(app: Flask) -> dict[str, list[str]]:
    """The last form that reached the server."""
    forms: list[dict[str, list[str]]] = app.config["LAST_FORMS"]
    return forms[-1]


@pytest.mark.parametrize("width", [1366, 683, 400])
def test_pages_hold_the_policy_fit_the_window_and_pass_axe(browser, site, width):
    plain = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 768}, base_url=site)
    plain.add_init_script(WATCH)
    open_to_axe = browser.new_context(
        locale="zh-CN", viewport={"width": width, "height": 768}, base_url=site, bypass_csp=True
    )
    page, axe_page = plain.new_page(), open_to_axe.new_page()
    for path in PAGES:
        open_page(page, path)
        assert (path, page.evaluate("window.policyFaults")) == (path, [])
        assert (path, page.evaluate("document.documentElement.scrollWidth - innerWidth")) == (path, 0)
        if width == 400:
            continue  # the same rules as at 683
        open_page(axe_page, path)
        found = Axe().run(axe_page).response["violations"]
        assert (path, [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]) == (path, [])
    plain.close()
    open_to_axe.close()


def test_an_essay_is_scored_without_the_mouse(page, app):
    open_page(page, "/review")
    expect(page.locator("[data-score-missing]")).to_have_text("还差 1 项未评")
    for key in ("4", "1", "8"):
        page.keyboard.press(key)
    expect(page.locator("#f-score-lang")).to_have_value("18")
    expect(page.locator("[data-score-total]")).to_have_text("89")
    expect(page.locator("[data-score-missing]")).to_be_hidden()
    expect(page.locator("[data-criterion='4'] [aria-pressed=true]")).to_contain_text("优")
    page.keyboard.press("Enter")  # on to the fifth
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("e")  # the third band, 15-18, by its middle, half up
    expect(page.locator("#f-score-real")).to_have_value("17")
    expect(page.locator("[data-score-total]")).to_have_text("83")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/")
    form = sent(app)
    assert {name: form[name] for name in form if name.startswith("score-")} == {
        "score-theme": ["23"], "score-real": ["17"], "score-value": ["17"], "score-lang": ["18"], "score-form": ["8"],
    }  # fmt: skip
    assert (form["act"], form["tags"]) == (["submit"], ["jifen", "fangxia"])


def test_the_search_box_is_completed_by_the_keyboard(page):
    open_page(page, "/")
    page.keyboard.press("/")
    box, options = page.locator("#top-search"), page.locator(".options li")
    page.keyboard.type("河长 ja")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.nth(0).get_attribute("id"))
    page.keyboard.press("Enter")
    expect(box).to_have_value("河长 积案化解 ")
    page.keyboard.type("b")
    options.nth(1).click()
    expect(box).to_have_value("河长 积案化解 标签:")
    expect(options.nth(0)).to_be_visible()  # the values come next
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_be_focused()


def test_a_missing_criterion_is_shown_before_anything_is_sent(page, app):
    open_page(page, "/review")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-criterion='4']")).to_have_class(re.compile("is-current is-missing is-typing"))
    page.keyboard.type("25")  # more than 20: the 5 begins anew
    expect(page.locator("#f-score-lang")).to_have_value("5")
    assert page.url.endswith("/review")
    assert [form for form in app.config["LAST_FORMS"] if "act" in form] == []


def test_a_score_beyond_the_maximum_is_said_at_the_field(page):
    open_page(page, "/review")
    page.fill("#f-score-lang", "21")
    expect(page.locator("[data-criterion='4'] .criterion-error")).to_have_text("请填 0–20 之间的数")
    page.fill("#f-score-lang", "20")
    expect(page.locator("[data-criterion='4'] .criterion-error")).to_have_count(0)


def test_letters_do_nothing_in_a_field_or_while_chinese_is_composed(page):
    open_page(page, "/review")
    page.keyboard.press("4")
    page.keyboard.press("c")
    expect(page.locator("#f-comment")).to_be_focused()
    expect(page.locator(".is-typing")).to_have_count(0)
    page.keyboard.type("sf1")
    assert page.locator("#f-comment").input_value().endswith("sf1")
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "xin", "selectionStart": 3, "selectionEnd": 3})
    client.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "code": "Enter", "key": "Process"},
    )
    client.send("Input.insertText", {"text": "信访"})
    assert page.locator("#f-comment").input_value().endswith("sf1信访")
    page.locator("#f-comment").blur()
    client.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "code": "KeyS", "key": "Process"}
    )
    client.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 70, "code": "KeyF", "key": "ｆ"}
    )
    expect(page.locator("html")).to_have_attribute("data-focus-mode", "")  # full-width mode: the physical key counts
    assert page.url.endswith("/review")


def test_help_lists_the_keys_and_letters_can_be_turned_off(page):
    open_page(page, "/review")
    page.keyboard.press("?")
    keys = page.locator("dialog[open] dt").all_inner_texts()
    assert keys == [
        "J",
        "K",
        "Enter",
        "1–9",
        "0–9",
        "↑ ↓",
        "Q W E R",
        "Ctrl + Enter",
        "Ctrl + S",
        "Esc",
        "[",
        "]",
        "Shift + ]",
        "Shift + [",
        "H",
        "F",
        "T",
        "C",
        "S",
    ]
    page.keyboard.press("Escape")
    page.click("summary.role-badge")
    page.click("[data-letters-switch]")
    page.keyboard.press("Escape")
    page.locator(".split-read").focus()
    page.keyboard.press("f")
    assert page.evaluate("document.documentElement.hasAttribute('data-focus-mode')") is False


def test_a_draft_is_saved_and_forgotten_here_once_the_server_has_it(page, app):
    open_page(page, "/review")
    page.fill("#f-comment", "人物立得住")
    expect(page.locator("[data-autosave-state]")).to_have_text("已保存 10:33")
    assert sent(app)["comment"] == ["人物立得住"]
    assert sent(app)["version"] == ["3"]
    assert page.locator("[name=version]").input_value() == "4"
    assert page.evaluate("localStorage.getItem('draft:gallery:1:037')") is None


def test_a_draft_written_offline_comes_back_when_the_page_is_opened_again(context, page):
    open_page(page, "/review")
    context.set_offline(True)
    page.fill("#f-comment", "断网时写的评语")
    page.select_option("#f-tags", ["tudi"], force=True)
    expect(page.locator("[data-autosave-state]")).to_have_text("未联网，已存本机")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    open_page(again, "/review")
    expect(again.locator("#f-comment")).to_have_value("断网时写的评语")
    expect(again.locator(".ts-control .item")).to_have_text(["土地纠纷×"])
    expect(again.locator("[data-autosave-state]")).to_have_text("已保存 10:33")


def test_two_windows_do_not_overwrite_each_other_unasked(page, app):
    open_page(page, "/review")
    page.fill("#f-comment", "冲突")
    expect(page.locator(".rubric [role=alert]")).to_contain_text("刚才另一窗口保存过这篇（10:31）。")
    page.click("text=用我的")
    expect(page.locator("[data-autosave-state]")).to_have_text("已保存 10:33")
    assert (sent(app)["force"], sent(app)["version"]) == (["1"], ["9"])


def test_a_tag_is_found_by_pinyin_initials(page):
    open_page(page, "/review")
    page.keyboard.press("t")
    page.keyboard.type("gbxf")
    expect(page.locator(".ts-dropdown .option")).to_have_text(["干部下访"])
    page.keyboard.press("Enter")
    assert page.evaluate("[...document.querySelector('#f-tags').selectedOptions].map((o) => o.value)") == [
        "jifen",
        "fangxia",
        "xiafang",
    ]
    page.keyboard.type("没有的词")
    expect(page.locator(".ts-dropdown")).to_contain_text("没有这个标签")


def test_j_goes_to_the_next_essay_of_the_queue(page):
    open_page(page, "/review")
    page.keyboard.press("j")
    page.wait_for_url("**/review?n=038")


def test_reading_settings_stay(page):
    open_page(page, "/review")
    page.click("[data-read-size='1']")
    page.click("[data-read-face=kai]")
    page.click("[data-read-theme=night]")
    page.reload()
    page.wait_for_selector("html.is-ready")
    expect(page.locator("[data-read]")).to_have_attribute("data-size", "20")
    expect(page.locator("[data-read-face=kai]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") == "rgb(27, 30, 34)"


def test_a_selected_passage_becomes_block_start_and_words(page, app):
    open_page(page, "/review")
    page.fill("#f-comment", "打到一半的评语")
    page.evaluate(
        "() => { const text = document.querySelector('#b-2 a').nextSibling; const range = document.createRange();"
        "range.setStart(text, 1); range.setEnd(text, 4); getSelection().removeAllRanges(); getSelection().addRange(range);"
        "document.activeElement.blur(); }"
    )
    page.keyboard.press("h")
    expect(page.locator("dialog[open] #f-quote")).to_have_value("，说：")
    with page.expect_response("**/review"):
        page.click("dialog[open] button.button-primary")
    assert {name: sent(app)[name] for name in ("act", "block", "start", "quote", "kind")} == {
        "act": ["add"], "block": ["2"], "start": ["65"], "quote": ["，说："], "kind": ["good"],
    }  # fmt: skip
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#f-comment")).to_have_value("打到一半的评语")


def test_a_passage_is_marked_without_the_mouse(page, app):
    open_page(page, "/review")
    for key in ("]", "]", "Shift+}", "["):  # the second sentence, two, back to the first
        page.keyboard.press(key)
    first = page.evaluate("getSelection().toString()")
    page.keyboard.press("]")
    page.keyboard.press("h")
    second = page.input_value("dialog[open] #f-quote")
    assert page.evaluate("document.querySelector('#b-0').textContent").startswith(first + second)
    page.keyboard.press("ArrowDown")  # among the kinds, where the dialog begins
    with page.expect_response("**/review"):
        page.keyboard.press("Control+Enter")
    assert (sent(app)["kind"], sent(app)["quote"], sent(app)["start"]) == (["doubt"], [second], [str(len(first))])


def test_a_book_is_ordered_by_keyboard_alone(page, app):
    open_page(page, "/parts")
    page.locator("[data-order-item='1'] [data-order-handle]").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-order-live]")).to_contain_text("已拿起《三上凤凰岭》，第 1 位，共 2 篇")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # over the border into the second section
    with page.expect_response("**/order"):
        page.keyboard.press("Space")
    assert sent(app)["place"] == ["pool 9", "one 2", "two 1"]
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator("[data-order-live]")).to_have_text("《三上凤凰岭》已放回原处")
    assert sent(app)["place"] == ["pool 9", "one 2", "two 1"]


def test_a_book_is_ordered_by_buttons_and_by_dragging(page, app):
    open_page(page, "/parts")
    with page.expect_response("**/order"):
        page.click("[data-order-item='2'] [data-order-move=up]")
    assert sent(app)["place"] == ["pool 9", "one 2", "one 1"]
    with page.expect_response("**/order"):
        page.drag_and_drop("[data-order-item='9'] [data-order-handle]", "[data-order-item='1'] .board-name")
    assert sorted(sent(app)["place"]) == ["one 1", "one 2", "one 9"]
    assert sent(app)["version"] == ["2"]


def test_files_are_checked_before_they_are_sent(page, app, site):
    open_page(page, "/parts")
    page.set_input_files("#f-essay", [
        {"name": "春天.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
        {"name": "空.docx", "mimeType": "application/octet-stream", "buffer": b""},
    ])  # fmt: skip
    expect(page.locator(".file-row.is-bad")).to_contain_text(
        ["《春天.pdf》的类型不能上传，请用 .docx .doc .wps", "《空.docx》是空文件"]
    )
    page.click("text=提交作品")
    assert app.config["LAST_FORMS"] == []
    page.set_input_files(
        "#f-essay", [{"name": "春天.docx", "mimeType": "application/octet-stream", "buffer": b"PK" * 4096}]
    )
    page.fill("#f-title", "春天")
    page.click("text=提交作品")
    expect(page.locator("h1")).to_have_text("单位与报送")  # the page the server answered with, shown in place
    assert page.url == f"{site}/"
    assert sent(app)["title"] == ["春天"]


def test_rows_are_picked_by_keys_and_counted(page):
    open_page(page, "/")
    expect(page.locator(".batch-bar button").first).to_be_disabled()
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-batch-count]")).to_have_text("已选 1 项")
    expect(page.locator("tr.is-selected th")).to_have_text("河口镇")
    page.check("[data-pick-all]")
    expect(page.locator("[data-batch-count]")).to_have_text("已选 6 项")


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page):
    open_page(page, "/parts-with-errors")
    expect(page.locator("[data-errors]")).to_be_focused()
    page.click("text=请填写题目 >> nth=0")
    expect(page.locator("#f-title")).to_be_focused()


def test_undo_and_dialog_work_in_place(page, app):
    open_page(page, "/parts")
    page.click("text=打开对话框")
    expect(page.locator("dialog[open] h2")).to_have_text("申请延期")
    page.keyboard.press("Escape")
    expect(page.locator("[data-toasts]")).to_contain_text("037 号已提交 86 分")
    page.click("[data-undo] button")
    page.wait_for_url("**/")
    assert sent(app) == {"csrf_token": ["gallery-token"]}


def test_everything_essential_works_without_script(browser, site, app):
    context = browser.new_context(java_script_enabled=False, base_url=site, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto("/review")
    assert page.locator(".js-only:visible").count() == 0
    page.fill("#f-score-lang", "19")
    page.select_option("#f-tags", ["tudi"])
    page.click("text=提交并下一篇")
    assert page.url == f"{site}/"
    assert (sent(app)["score-lang"], sent(app)["tags"], sent(app)["act"]) == (["19"], ["tudi"], ["submit"])
    page.goto("/parts")
    page.click("[data-order-item='2'] [data-order-move=up]")
    assert sent(app)["move"] == ["2 up"]
    context.close()
