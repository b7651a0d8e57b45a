"""A WeChat page as it arrives in an editor after select all, copy and paste in the real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import sync_playwright

from tests.books import bind, full_manuscript, unzip, write
from tests.browser.chromium import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this computer")]


def test_copied_page_keeps_its_looks_and_brings_no_width_of_the_screen(tmp_path: Path) -> None:
    page_data = unzip(write(bind(full_manuscript("0" * 64), comment="好。"), "wechat")[0])[
        "01_2020-XZ03-001_一把旧椅子.html"
    ]
    (tmp_path / "page.html").write_bytes(page_data)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context()
        source, editor = context.new_page(), context.new_page()
        source.goto((tmp_path / "page.html").as_uri())
        source.bring_to_front()
        source.keyboard.press("Control+A")
        source.keyboard.press("Control+C")
        editor.bring_to_front()
        editor.set_content("<div contenteditable></div>")
        editor.focus("div")
        editor.keyboard.press("Control+V")
        pasted = html.fragment_fromstring(editor.inner_html("div"), create_parent="div")
        browser.close()
    text = "".join(html.document_fromstring(page_data).body.itertext())
    assert "".join(pasted.itertext()).split() == text.split()
    styles = {element.tag: element.get("style", "") for element in reversed(list(pasted.iterdescendants()))}
    assert {name for element in pasted.iterdescendants() for name in element.attrib} == {"style", "colspan", "rowspan"}
    assert all("width" not in style and "position" not in style for style in styles.values())
    paragraph = next(one for one in pasted.iter("p") if "加粗" in one.text_content())
    assert {part.strip() for part in paragraph.get("style").split(";")} >= {
        "font-size: 16px", "line-height: 1.8", "text-indent: 2em",
    }  # fmt: skip
    assert "1px solid" in styles["td"]
    assert paragraph.find("strong").text == "加粗"
