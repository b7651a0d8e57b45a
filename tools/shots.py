"""The screenshots of the documentation: `python -m tools.shots FOLDER [NAME …]` starts the demo contest in an empty data
folder and writes one PNG per main screen, or those whose names begin so. Needs the developer set and a Chromium."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright
from waitress.server import create_server

from review_app.cli.demo import LOGINS_NAME, start_demo_contest
from review_app.config import read_settings
from review_app.factory import create_app
from review_app.handlers import HANDLERS
from review_app.index_job import ensure_indexes
from review_app.resources import Resources, open_resources
from review_app.storage.index_manifest import MANIFEST_NAME
from review_app.worker import Worker

ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
FOLDER: Final = Path("docs/shots")
SOURCES: Final = Path("review_app/demo/source")


@contextmanager
def serve_demo() -> Iterator[tuple[str, dict[str, tuple[str, str]], Resources]]:
    """The address of a running demo contest, its logins by role, and what it stands on."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"REVIEW_DATA": folder})
        house = open_resources(settings)
        start_demo_contest(house)
        ensure_indexes(house)
        worker = Worker(house, HANDLERS)
        worker.start()
        server = create_server(create_app(settings, house), host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        lines = (Path(folder) / LOGINS_NAME).read_text(encoding="utf-8").splitlines()
        logins = {parts[2]: (parts[3], parts[4]) for parts in (line.split() for line in lines)}
        yield f"http://127.0.0.1:{server.effective_port}", logins, house
        server.close()
        worker.stop()
        house.close()


def enter(browser: Browser, site: str, login: tuple[str, str]) -> Page:
    """A page signed in."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}, base_url=site).new_page()
    page.goto("/login")
    page.fill("#f-login", login[0])
    page.fill("#f-password", login[1])
    page.click("main button[type=submit]")
    return page


def open_sheet(page: Page) -> None:
    """A prose essay half scored in the split view."""
    page.goto("/review/")
    page.click("text=堤上三日")
    page.wait_for_selector("html.is-ready")


def open_essay(page: Page) -> None:
    """The unit's returned essay with its reasons."""
    page.goto("/unit/")
    page.click("ol.tasks a")


def decide_and_arrange(page: Page) -> None:
    """Awards are decided and the book is arranged by them."""
    page.goto("/bureau/ranking/awards")
    while page.locator("form[action$='/ties']").count() and page.locator("text=并列待定夺").count():
        page.locator("form[action$='/ties']").first.locator("input[name^='reason']").fill("评审组长定")
        page.locator("form[action$='/ties'] button[type=submit]").first.click()
    page.check("#f-accepts_unfinished")
    page.fill("#f-reason", "组长同意按已交评分确定")
    page.click("form[action$='/bureau/ranking/awards'] button[type=submit]")
    page.goto("/bureau/anthology/arrange")
    page.click("form[action$='/bureau/anthology/arrange'] button")
    page.goto("/bureau/anthology")


def build_book(page: Page) -> None:
    """The book is built, and set where LibreOffice is installed."""
    page.goto("/bureau/anthology/check")
    page.click("form[action$='/bureau/anthology/builds'] button[type=submit]")
    with suppress(TimeoutError):
        page.wait_for_selector("a[href$='/pdf']", timeout=60_000)


def hand_in_copy(page: Page) -> None:
    """A unit hands in another one's work with every third paragraph taken from elsewhere."""
    source, other = ((SOURCES / name).read_text(encoding="utf-8").split("\n\n")[1:] for name in ("e01.md", "e25.md"))
    mixed = [other[at] if at % 3 == 2 else part for at, part in enumerate(source[: len(other)])]
    prose = [part for part in mixed if not part.startswith(("!", "#"))]
    page.goto("/unit/essays/new")
    page.click("details > summary:has-text('粘贴')")
    page.fill("#f-typed", "\n".join(("驻村的三本账", "东湾镇　鲁向阳", *prose)).replace("**", ""))
    page.click("main form button[type=submit]")
    page.fill("#f-phone", "0550-0000-009")
    page.select_option("#f-genre", index=1)
    page.check("#f-is_original")
    page.check("#f-is_cleared")
    page.click("button[value=submit]")


def find_copy(page: Page) -> None:
    """What was found in the background shows on the list of copied passages."""
    for _attempt in range(30):
        page.goto("/bureau/copies")
        if page.locator("[data-open]").count():
            break
        page.wait_for_timeout(500)


def open_pair(page: Page) -> None:
    """The two works side by side, at the second passage."""
    page.click("[data-open]")
    page.wait_for_selector("html.is-ready")
    page.keyboard.press("j")


def open_copied_essay(page: Page) -> None:
    """The page of the later work, whose check says with what it has much in common."""
    page.click("#one a")


def pick_all(page: Page) -> None:
    """All results are picked, after a search was saved."""
    page.goto("/search/?q=老人 电话")
    page.click(".search-save summary")
    page.fill("#f-name", "老人和电话")
    page.click(".search-save-form button")
    page.goto("/search/?q=老人 体裁=案例,事迹 字数>1000")
    page.check("[data-pick-every]")


def open_hit(page: Page) -> None:
    """The second result, at its second place."""
    page.goto("/search/?q=老人")
    page.click(".hit-title a >> nth=1")
    page.wait_for_selector(".mark-hit.is-current")
    page.keyboard.press("n")


def in_english(where: str) -> Callable[[Page], None]:
    """A page in English; the person stays with it."""

    def open_page(page: Page) -> None:
        page.goto(where)
        page.click("button[name=language][value=en]")

    return open_page


SHOTS: Final[tuple[tuple[str, str, str | Callable[[Page], None]], ...]] = (
    ("unit-home", "unit", "/unit/"),
    ("unit-upload", "unit", "/unit/essays/new"),
    ("unit-essay", "unit", open_essay),
    ("review-queue", "reviewer", "/review/"),
    ("review", "reviewer", open_sheet),
    ("desk", "bureau", "/bureau/"),
    ("essays", "bureau", "/bureau/essays"),
    ("assignment", "bureau", "/bureau/assignment"),
    ("search", "bureau", "/search/?q=老人 电话 -物业"),
    ("search/start", "bureau", "/search/"),
    ("search/help", "bureau", "/search/help"),
    ("search/wider", "bureau", "/search/?q=怎样化解水库移民的积案"),
    ("search/guess", "bureau", "/search/?q=新访"),
    ("search/results", "bureau", pick_all),
    ("search/nothing", "bureau", "/search/?q=水库 楼道"),
    ("search/error", "bureau", "/search/?q=老人 分数>abc"),
    ("search/bulk", "bureau", "/search/return?q=老人 字数<1250&all=1"),
    ("search/saved", "bureau", "/search/saved"),
    ("search/essay", "bureau", open_hit),
    ("search/reviewer", "reviewer", "/search/?q=老人"),
    ("search/reviewer-essay", "reviewer", open_hit),
    ("search/results-en", "unit", in_english("/search/?q=老人")),
    ("search/reviewer-en", "reviewer", in_english("/search/?q=老人 标签=积案化解")),
    ("participation", "bureau", "/bureau/participation"),
    ("ranking", "bureau", "/bureau/ranking"),
    ("anthology", "bureau", decide_and_arrange),
    ("anthology-arrange", "bureau", "/bureau/anthology/arrange?by=class"),
    ("anthology-check", "bureau", "/bureau/anthology/check"),
    ("anthology-build", "bureau", build_book),
    ("audit", "bureau", "/bureau/audit"),
    ("unit-receipt", "unit", hand_in_copy),
    ("search/copies", "bureau", find_copy),
    ("search/copies-pair", "bureau", open_pair),
    ("search/copies-essay", "bureau", open_copied_essay),
    ("search/copies-known", "bureau", "/bureau/copies/known"),
)


def main() -> None:
    """Write every shot into the folder given, docs/shots by default."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    wanted = tuple(sys.argv[2:]) or ("",)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with serve_demo() as (site, logins, house), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        pages = {role: enter(browser, site, login) for role, login in logins.items()}
        for name, role, where in SHOTS:
            if not name.startswith(wanted):
                continue
            page = pages[role]
            if callable(where):
                where(page)
            else:
                page.goto(where)
            page.wait_for_load_state("networkidle")
            save_shot(page, folder / f"{name}.png")
        if "search/fallback".startswith(wanted):
            for index in house.indexes.values():
                (index.root / MANIFEST_NAME).unlink()
            pages["bureau"].goto("/search/?q=账")
            save_shot(pages["bureau"], folder / "search/fallback.png")
        browser.close()


def save_shot(page: Page, path: Path) -> None:
    """Keep what the window shows, with as many colours as a page needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(path))
    with Image.open(path) as shot:
        shot.convert("RGB").quantize(128, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
