"""Guards of the front end: what old Chromium cannot read, what the content policy forbids, forms, contrast, vendored files."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html

from compile.manuscript import Paragraph, Run, plain_text
from tests.architecture.front_end_gallery import EVERY_BLOCK, make_gallery_app

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "review_app" / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLE_SHEETS = sorted((STATIC / "css").glob("*.css"))
MODULES = sorted((STATIC / "js").glob("*.js"))
GUIDE = ROOT / "docs" / "interface.md"
GALLERY = ("/", "/review", "/parts", "/parts-with-errors", "/reading", "/login", "/missing")

CSS_TOO_NEW = re.compile(
    r":(?:is|where|has)\(|:focus-visible|:not\([^()]*,|\b(?:clamp|min|max)\(|(?<![\w-])inset\s*:|aspect-ratio|accent-color"
    r"|@layer|@container|@property|color-mix|oklch|\d+[sdl]v[hw]\b|(?:margin|padding)-(?:inline|block)\s*:|text-wrap|"
    r"(?<![\w-])translate\s*:|content-visibility|^\s*&"
)
JS_TOO_NEW = re.compile(
    r"\?\.(?!\d)|\?\?|\|\|=|&&=|\.replaceAll\(|\.at\(|\.replaceChildren\(|\.hasOwn\(|\.toSorted\(|\.toReversed\(|structuredClone"
    r"|Intl\.Segmenter|randomUUID|crypto\.subtle|navigator\.clipboard|showOpenFilePicker|\.matchAll\(|Promise\.any|#\w+\s*[;=(]"
)
TEMPLATE_FORBIDS = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|hx-on|javascript:|js:|<script(?![^>]*\ssrc=)|<iframe|<object|<embed|https?://(?!www\.w3\.org)",
    re.IGNORECASE,
)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def strip_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def find_flex_gaps(css: str) -> list[str]:
    """Selectors of rules that set a gap without being a grid; Chromium 78 knows gaps in grids only."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", strip_comments(css))
    grids = {selector.strip() for selector, body in rules if "grid-template" in body or "display: grid" in body}
    with_gap = [selector.strip() for selector, body in rules if re.search(r"(?<![\w-])(?:row-|column-)?gap\s*:", body)]
    return [selector for selector in with_gap if selector not in grids]


def strip_strings(js: str) -> str:
    """Script without comments and without the inside of quotes, so that words in sentences are not taken for syntax."""
    js = re.sub(r"/\*.*?\*/|(?<![:'\"\\])//[^\n]*", "", js, flags=re.DOTALL)
    return re.sub(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", '""', js)


@pytest.fixture(scope="module")
def pages() -> dict[str, html.HtmlElement]:
    """The gallery's pages as trees; StrictUndefined fails here when a macro asks for what nobody gives."""
    client = make_gallery_app().test_client()
    trees = {}
    for path in GALLERY:
        response = client.get(path)
        assert response.status_code == 200
        trees[path] = html.document_fromstring(response.text)
    return trees


def test_vendored_files_are_what_the_manifest_says():
    manifest = json.loads(read(STATIC / "vendor" / "vendor.json"))
    assert [entry["name"] for entry in manifest] == ["htmx", "tom-select", "sortablejs", "tabler-icons"]
    stated = {entry["file"]: entry["sha256"] for entry in manifest}
    assert stated == {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in stated}
    assert {entry["license"] for entry in manifest} == {"0BSD", "Apache-2.0", "MIT"}
    present = {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()} - {"vendor/vendor.json"}
    assert present == {name for name in stated if name.startswith("vendor/")}


def test_the_lock_of_the_vendored_files_names_no_host():
    lock = json.loads(read(ROOT / "tools" / "vendor" / "package-lock.json"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    assert [package for package in packages if "resolved" in package or "integrity" not in package] == []


@pytest.mark.parametrize(
    "css",
    ["a:is(b){}", "a:focus-visible{}", "b{width:min(1px,2px)}", "b{inset:0}", "b{height:10dvh}", "b{margin-inline:0}"],
)
def test_the_guard_sees_new_css(css):
    assert CSS_TOO_NEW.search(css)


@pytest.mark.parametrize("js", ["a?.b", "a ?? b", "a ||= b", "x.replaceAll(a, b)", "x.at(-1)", "class A { #b = 1 }"])
def test_the_guard_sees_new_script(js):
    assert JS_TOO_NEW.search(strip_strings(js))


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=lambda path: path.name)
def test_style_sheets_hold_nothing_newer_than_chromium_78(path):
    assert [line for line in strip_comments(read(path)).splitlines() if CSS_TOO_NEW.search(line)] == []
    assert find_flex_gaps(read(path)) == []
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", read(path))


def test_the_guard_sees_a_gap_in_a_flex_row():
    assert find_flex_gaps(".a { display: flex; gap: 4px; } .b { display: grid; gap: 4px; }") == [".a"]


@pytest.mark.parametrize("path", [*MODULES, *sorted((STATIC / "vendor").glob("*.js"))], ids=lambda path: path.name)
def test_scripts_hold_nothing_newer_than_chromium_78(path):
    assert [match.group() for match in JS_TOO_NEW.finditer(strip_strings(read(path)))] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_own_modules_write_no_markup_and_reach_only_files_that_exist(path):
    source = read(path)
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b", source)
        == []
    )
    imported = re.findall(r"(?:from|import\()\s*\"\./([\w.]+)\"", source)
    assert [name for name in imported if not (STATIC / "js" / name).is_file()] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_hold_nothing_the_content_policy_forbids(path):
    source = re.sub(r"\{#.*?#\}", "", read(path), flags=re.DOTALL)
    assert TEMPLATE_FORBIDS.findall(source) == []
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", source, flags=re.DOTALL | re.IGNORECASE)
    assert [form[:120] for form in forms if "csrf()" not in form] == []
    assert len(forms) == len(re.findall(r"method=\"post\"", source, flags=re.IGNORECASE))


def test_the_guard_sees_inline_script_and_style():
    for text in ("<p style='x'>", "<a onclick=x>", "<script>x</script>", "<style>", "<a href='javascript:x'>"):
        assert TEMPLATE_FORBIDS.search(text)
    assert not TEMPLATE_FORBIDS.search('<script type="module" src="/x.js"></script>')


def test_every_form_carries_its_token(pages):
    forms = [form for tree in pages.values() for form in tree.xpath("//form[@method='post']")]
    assert len(forms) > 10
    assert [html.tostring(form)[:100] for form in forms if not form.xpath(".//input[@name='csrf_token']")] == []


def test_every_control_has_a_label(pages):
    bare = []
    for tree in pages.values():
        labelled = set(tree.xpath("//label/@for"))
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            if control.get("id") not in labelled and not control.get("aria-label"):
                bare.append(html.tostring(control)[:100])
        for button in tree.xpath("//button | //a[@href]"):
            named = button.text_content().strip() or button.xpath(".//@aria-label") or button.get("aria-label")
            if not named:
                bare.append(html.tostring(button)[:100])
    assert bare == []


def test_ids_are_single_and_references_lead_somewhere(pages):
    for tree in pages.values():
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        asked = {name for value in tree.xpath("//@aria-describedby | //@aria-labelledby") for name in value.split()}
        asked |= set(tree.xpath("//label/@for")) | set(tree.xpath("//@form"))
        asked |= {link[1:] for link in tree.xpath("//*[@data-errors]//@href")}
        assert asked - set(ids) == set()


def test_a_page_with_errors_says_so_first(pages):
    tree = pages["/parts-with-errors"]
    assert tree.findtext(".//title").startswith("错误：")
    assert [link.text for link in tree.xpath("//*[@data-errors]//a")] == ["请填写题目", "请选择组别", "请勾选承诺"]
    assert tree.xpath("//*[@data-errors]//li[not(a)]/text()") == ["报送已经截止"]
    assert tree.get_element_by_id("f-title").get("aria-describedby").split() == ["f-title-hint", "f-title-error"]
    assert not pages["/parts"].findtext(".//title").startswith("错误：")


def test_every_class_in_the_gallery_has_a_look(pages):
    known = set(re.findall(r"\.(-?[a-zA-Z][\w-]*)", " ".join(strip_comments(read(path)) for path in STYLE_SHEETS)))
    known |= {
        "notice-info",
        "job",
        "queue-state-waiting",
        "queue-state-done",
        "sheet-heading",
    }  # the plain member of a family
    used = {name for tree in pages.values() for value in tree.xpath("//@class") for name in value.split()}
    assert {name for name in used - known if not name.startswith("is-")} == set()


def test_every_icon_that_is_asked_for_is_in_the_sprite(pages):
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', read(STATIC / "icons" / "sprite.svg")))
    named = set(re.findall(r"\bicon\(\"([\w-]+)\"", "".join(read(path) for path in TEMPLATES)))
    named |= {use.get("href").split("#")[1] for tree in pages.values() for use in tree.xpath("//use")}
    assert len(named) > 10
    assert named - drawn == set()


def test_scripts_and_word_list_name_the_same_sentences():
    listed = set(re.findall(r"data-text-([\w-]+)=", read(ROOT / "templates" / "_macros" / "frame.html")))
    source = "".join(read(path) for path in MODULES)
    quoted = set(re.findall(r"\"([a-z]+(?:-[a-z]+)*)\"", source))
    called = set(re.findall(r"\btext\(\"([\w-]+)\"", source))
    assert called - listed == set()
    assert listed - quoted == set()


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("ink", "surface surface-2 bg paper accent-tint warn-tint bad-tint info-tint mark focus"),
        ("ink-2", "surface surface-2 bg"),
        ("ink-3", "surface surface-2 bg accent-tint"),
        ("link", "surface bg accent-tint"),
        ("accent", "surface bg surface-2"),
        ("accent-dark", "surface accent-tint"),
        ("on-dark", "accent accent-dark ink seal bad"),
        ("warn", "surface warn-tint"),
        ("bad", "surface bad-tint bg"),
        ("info", "surface info-tint"),
        ("paper-ink", "paper"),
        ("paper-ink-2", "paper"),
        ("night-ink", "night"),
        ("night-ink-2", "night"),
    ],
)
def test_text_stands_out_from_its_ground(ink, grounds):
    tokens = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", read(STATIC / "css" / "tokens.css")))
    weak = {ground: round(contrast(tokens[ink], tokens[ground]), 2) for ground in grounds.split()}
    assert {ground: value for ground, value in weak.items() if value < 4.5} == {}


def render_sheet(manuscript, **arguments) -> html.HtmlElement:
    app = make_gallery_app()
    with app.test_request_context("/"):
        macros = app.jinja_env.get_template("_macros/manuscript.html").make_module()
        return html.fragment_fromstring(str(macros.sheet(manuscript, lambda key: f"/picture/{key}", **arguments)))


def block_text(sheet: html.HtmlElement, number: int) -> str:
    """The words of a block as mark.js counts them."""
    block = sheet.get_element_by_id(f"b-{number}")
    for part in block.xpath(".//*[@data-no-offset]"):
        part.drop_tree()
    return block.text_content()


def test_a_sheet_keeps_every_word_and_escapes_all():
    sheet = render_sheet(EVERY_BLOCK)
    with_runs = [number for number, block in enumerate(EVERY_BLOCK.blocks) if hasattr(block, "runs")]
    assert len(with_runs) == 7
    assert [block_text(sheet, number) for number in with_runs] == [
        plain_text(EVERY_BLOCK.blocks[number].runs) for number in with_runs
    ]
    verse = sheet.get_element_by_id("b-7")
    assert verse.get("class").split() == ["is-verse", "is-center"]
    assert verse.xpath(".//b") == []
    assert sheet.xpath("//*[@id='b-1']//strong/text()") == ["六点半"]
    assert sheet.xpath("//*[@id='note-1']/text()")[0].strip() == "夏季时间，冬季为七点。"
    assert sheet.xpath("//figure/img/@src") == ["/picture/" + "a" * 64]
    assert (
        sheet.xpath("//figcaption/text()") == ["图为周明在村民家中核对分地底册", "（李娜 摄）"]
        or sheet.xpath("string(//figcaption)") == "图为周明在村民家中核对分地底册（李娜 摄）"
    )
    assert [cell.get("rowspan") or cell.get("colspan") for cell in sheet.xpath("//td[@rowspan or @colspan]")] == [
        "2",
        "2",
    ]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 2)], ["一二"]),
        ([(1, 6)], ["二三四", "五六"]),
        ([(0, 1), (4, 5)], ["一", "五"]),
        ([(2, 4), (4, 6)], ["三四", "五六"]),
        ([(0, 3), (1, 6)], ["一", "二三", "四", "五六"]),
        ([(1, 3), (1, 3)], ["二三"]),
    ],
)
def test_marks_cut_runs_where_they_begin_and_end(spans, expected):
    paragraph = Paragraph((Run("一二三四"), Run("五六七", bold=True)))
    manuscript = SimpleNamespace(title="题", subtitle="", blocks=(paragraph,), notes=())
    marks = [
        SimpleNamespace(block=0, start=start, end=end, number=number, kind=("doubt", "good")[number % 2], url="#m")
        for number, (start, end) in enumerate(spans, start=1)
    ]
    sheet = render_sheet(manuscript, marks=marks)
    assert [mark.text_content() for mark in sheet.xpath("//mark")] == expected
    assert [badge.get("id") for badge in sheet.xpath("//a[contains(@class, 'mark-number')]")] == [
        f"mark-{number}" for number in range(1, len(spans) + 1)
    ]
    under_both = [mark.text_content() for mark in sheet.xpath("//mark[@class='mark mark-good mark-doubt']")]
    assert under_both == (["二三"] if spans[0][1] > spans[-1][0] and len(spans) > 1 else [])
    assert block_text(sheet, 0) == "一二三四五六七"


def test_the_guide_names_every_macro_and_every_attribute():
    guide = read(GUIDE)
    macros = {
        f"{path.stem}.{name}"
        for path in TEMPLATES
        if path.parent.name == "_macros" and path.stem != "frame"
        for name in re.findall(r"\{%-? macro ([a-z]\w*)\(", read(path))
    }
    shared = [path for path in TEMPLATES if path.parent.name == "_macros" or path.name.startswith("_layout")]
    source = "".join(read(path) for path in shared)
    attributes = set(re.findall(r"\bdata-(?!text\b|text-)[a-z]+(?:-[a-z]+)*", source))
    attributes |= set(re.findall(r"\[(data-[a-z]+(?:-[a-z]+)*)[\]=]", "".join(read(path) for path in MODULES)))
    assert len(macros) > 30
    assert {name for name in macros if f"`{name.split('.')[1]}" not in guide} == set()
    private = {"data-progress", "data-range-error", "data-sent", "data-texts"}  # set by a module for itself
    assert {name for name in attributes if not re.search(rf"{name}(?![\w-])", guide)} - private == set()
