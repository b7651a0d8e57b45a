"""One contest in a real Chromium, from the unit list to the Word anthology, by three roles; every page it passes holds
the content policy, logs no error, asks no other host and gives axe nothing to complain of."""

from __future__ import annotations

import re
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

from review_app.demo_contest import FOLDER, read_demo
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.contest_phase import ContestTimes
from review_app.factory import create_app
from review_app.handlers import HANDLERS
from review_app.index_job import ensure_indexes
from review_app.resources import Resources
from review_app.services.accounts import NewAccount, open_account
from review_app.services.contest_setup import NewContest, set_up_contest
from review_app.services.passwords import hash_password
from review_app.services.register import REVIEWER_COLUMNS, UNIT_COLUMNS
from review_app.work import open_work
from review_app.worker import Worker
from tests.browser.chromium import ARGUMENTS, CHROMIUM, WATCH
from tests.builders import make_resources

FIRST = "首次密码不会很短"
OWN = "自己记得住的一句话 2020"
ESSAYS = ("e01", "e02", "e03", "e05")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this computer")]


class Site:
    """The running site, its browser, and what every visited page is checked for."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url = url
        self.browser = browser
        self.faults: list[str] = []
        self.seen: set[str] = set()

    def context(self) -> BrowserContext:
        context = self.browser.new_context(
            locale="zh-CN", viewport={"width": 1366, "height": 768}, base_url=self.url, accept_downloads=True
        )
        context.add_init_script(WATCH)
        return context

    def page(self) -> Page:
        page = self.context().new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._note_request)
        return page

    def look(self, page: Page) -> None:
        """Hold the page just opened against the policy and axe; each address once."""
        path = re.sub(r"[0-9a-f]{20,}|\d+", "*", urlsplit(page.url).path)
        page.wait_for_load_state("load" if path in self.seen else "networkidle")
        self.faults += [f"{path}: {fault}" for fault in page.evaluate("window.policyFaults")]
        if path in self.seen:
            return
        self.seen.add(path)
        context = self.browser.new_context(
            bypass_csp=True, storage_state=page.context.storage_state(), viewport={"width": 1366, "height": 768}
        )
        axe_page = context.new_page()
        axe_page.goto(page.url)
        found = Axe().run(axe_page).response["violations"]
        self.faults += [f"{path}: axe {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
        context.close()

    def _note_message(self, message: Any) -> None:
        is_refused_form = "422" in message.text  # the browser's own line about a form that came back to be corrected
        if message.type == "error" and not is_refused_form:
            self.faults.append(message.text)

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"left the origin: {request.url}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    opened = make_resources(tmp_path_factory.mktemp("house"))
    now = datetime.now(UTC)
    times = ContestTimes(
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=3),
        late_until=None,
        correction_days=5,
        review_closes_at=now + timedelta(days=20),
        ends_at=now + timedelta(days=40),
    )
    plan = NewContest(2020, "最美信访干部征文", "Most Beautiful Petition Cadre", "清源县信访局", times)
    password_hash = hash_password(FIRST)
    with open_work(opened.database, actor=SYSTEM, now=now) as work:
        set_up_contest(work, plan=plan)
        open_account(work, account=NewAccount("wu", "吴静", Role.BUREAU, password_hash))
    ensure_indexes(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def site(house: Resources) -> Iterator[Site]:
    worker = Worker(house, HANDLERS)
    worker.start()
    server = create_server(create_app(house.settings, house), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield Site(f"http://127.0.0.1:{server.effective_port}", browser)
        browser.close()
    server.close()
    worker.stop()


def enter(site: Site, login: str, first: str) -> Page:
    """Sign in with a first password and change it, as the system demands."""
    page = site.page()
    page.goto("/login")
    site.look(page)
    page.fill("#f-login", login)
    page.fill("#f-password", first)
    page.click("main button[type=submit]")
    assert urlsplit(page.url).path == "/password"
    site.look(page)
    page.fill("#f-old_password", first)
    page.fill("#f-new_password", OWN)
    page.fill("#f-repeat_password", OWN)
    page.click("main button[type=submit]")
    site.look(page)
    return page


def visit(site: Site, page: Page, path: str) -> None:
    page.goto(path)
    site.look(page)


def register() -> bytes:
    """Three units and three reviewers, as a bureau fills the template."""
    demo = read_demo()
    units = {entry["unit"] for entry in demo["essays"] if entry["name"] in ESSAYS}
    book = Workbook()
    sheet = book.active
    sheet.title = "单位"
    sheet.append(list(UNIT_COLUMNS))
    for unit in demo["units"]:
        if unit["code"] in units or unit["code"] == "XJ02":
            name = {"township": "乡镇", "zone": "开发区", "county": "县直单位"}[unit["class"]]
            sheet.append([
                unit["code"], unit["name"], unit["short"], name, unit["order"], unit["contact"], unit["phone"], "",
                unit["code"].lower(), unit["contact"],
            ])  # fmt: skip
    people = book.create_sheet("评审专家")
    people.append(list(REVIEWER_COLUMNS))
    for person in demo["reviewers"][:3]:
        people.append([person["code"].lower(), person["name"], person["organisation"], ""])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_one_contest_from_the_unit_list_to_the_word_anthology(site: Site, tmp_path: Path) -> None:
    demo = {entry["name"]: entry for entry in read_demo()["essays"]}
    bureau = enter(site, "wu", FIRST)
    slips = import_units_and_print_slips(site, bureau)
    for name in ESSAYS:
        unit = demo[name]["unit"].lower()
        first = slips.pop(unit, None)
        page = enter(site, unit, first) if first else sign_in_again(site, unit)
        hand_in(site, page, demo[name])
        page.context.close()
    check_and_assign(site, bureau)
    reviewers = [login for login in slips if login.startswith("r")]
    for place, login in enumerate(reviewers):
        page = enter(site, login, slips[login])
        score_all_by_keyboard(site, page, place)
        find_as_reviewer(site, page, demo)
        page.context.close()
    find_as_bureau(site, bureau, demo)
    award(site, bureau)
    document = build_book(site, bureau, tmp_path)
    with zipfile.ZipFile(document) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    for name in ESSAYS:
        assert demo[name]["title"] in text
        assert "、".join(demo[name]["authors"]) in text
    see_participation(site, bureau)
    assert site.faults == []
    assert len(site.seen) > 20


def import_units_and_print_slips(site: Site, page: Page) -> dict[str, str]:
    """Import the list, then read logins and first passwords off the printed slips."""
    visit(site, page, "/bureau/")
    visit(site, page, "/bureau/contest")
    visit(site, page, "/bureau/units")
    visit(site, page, "/bureau/units/import")
    page.set_input_files(
        "#f-file",
        {
            "name": "名单.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": register(),
        },
    )
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/units/import/[0-9a-f]{64}$"))
    site.look(page)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/import/" not in url)
    site.look(page)
    visit(site, page, "/bureau/units/slips")
    page.check("[data-pick-all]")
    page.click(".batch-bar button.button-primary")
    page.wait_for_selector(".slip")
    secrets = page.locator(".slip-secret").all_text_contents()
    return dict(zip(secrets[::2], secrets[1::2], strict=True))


def sign_in_again(site: Site, login: str) -> Page:
    page = site.page()
    page.goto("/login")
    page.fill("#f-login", login)
    page.fill("#f-password", OWN)
    page.click("main button[type=submit]")
    return page


def hand_in(site: Site, page: Page, entry: dict[str, Any]) -> None:
    """Upload, confirm what was read, submit, read the receipt."""
    visit(site, page, "/unit/essays/new")
    page.set_input_files("#f-file", FOLDER / entry["file"])
    page.click("main form .form-actions button[type=submit]")
    page.wait_for_url(re.compile(r"/unit/essays/\d+$"))
    site.look(page)
    assert page.input_value("#f-title") == entry["title"]
    assert page.input_value("#f-authors") == "、".join(entry["authors"])
    page.fill("#f-phone", entry["phone"])
    page.select_option("#f-genre", "g-feature")
    page.check("#f-is_original")
    page.click("button[value=submit]")
    page.wait_for_selector("[data-errors]")
    page.check("#f-is_cleared")
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/receipt$"))
    site.look(page)
    assert re.search(r"2020-X[ZJ]\d\d-\d{3}-V\d-[0-9A-F]{8}", page.inner_text("article.receipt"))


def check_and_assign(site: Site, page: Page) -> None:
    """Accept all, preview the assignment, apply it."""
    visit(site, page, "/bureau/essays")
    page.click("main table tbody a")
    site.look(page)
    visit(site, page, "/bureau/essays?state=submitted")
    page.check("[data-pick-all]")
    page.click(".batch-bar button")
    site.look(page)
    visit(site, page, "/bureau/assignment")
    page.fill("#f-per_essay", "3")
    page.click("main form.card button[type=submit]")
    site.look(page)
    page.click("form[method=post][action$='/bureau/assignment'] button[type=submit]")
    site.look(page)


def score_all_by_keyboard(site: Site, page: Page, place: int) -> None:
    """Score every essay without the mouse: 1 chooses the first criterion, digits are its points, Enter goes on."""
    visit(site, page, "/review/")
    page.click("main a.button-primary")
    site.look(page)
    titles = [entry["title"] for entry in read_demo()["essays"] if entry["name"] in ESSAYS]
    for _ in ESSAYS:
        page.wait_for_selector("html.is-ready")
        merit = titles.index(page.inner_text(".sheet-title"))
        page.keyboard.press("Digit1")
        for points in (23 - place, 22 - merit, 17, 18 - merit, 9):
            for digit in str(points):
                page.keyboard.press(f"Digit{digit}")
            page.keyboard.press("Enter")
        before = page.url
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before)
    site.look(page)
    assert f"{len(ESSAYS)} / {len(ESSAYS)}" in page.inner_text("main")


def find_as_reviewer(site: Site, page: Page, demo: dict[str, Any]) -> None:
    """Text is found, author and unit are not."""
    visit(site, page, "/search/?q=信访")
    assert page.locator(".hit").count() > 0
    author = demo["e01"]["authors"][0]
    page.goto(f"/search/?q={author}")
    assert page.locator(".hit").count() == 0


def find_as_bureau(site: Site, page: Page, demo: dict[str, Any]) -> None:
    wait_until_indexed(site, page)
    visit(site, page, "/search/")
    page.fill("#query", f"作者:{demo['e01']['authors'][0]} 分数>50")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hit")
    site.look(page)
    assert demo["e01"]["title"] in page.inner_text(".hits")
    visit(site, page, "/search/help")


def wait_until_indexed(site: Site, page: Page) -> None:
    """Scores are searchable within three seconds of the last sheet."""
    deadline = time.monotonic() + 3
    while True:
        page.goto("/search/?q=分数>50")
        if page.locator(".hit").count() == len(ESSAYS):
            return
        assert time.monotonic() < deadline


def award(site: Site, page: Page) -> None:
    visit(site, page, "/bureau/ranking")
    first = page.inner_text("main table tbody tr:first-child")
    assert "88.00" in first
    page.click("main table tbody a")
    site.look(page)
    visit(site, page, "/bureau/ranking/awards")
    page.click("form[action$='/bureau/ranking/awards'] button[type=submit]")
    site.look(page)


def build_book(site: Site, page: Page, folder: Path) -> Path:
    """Arrange by awards, look for problems, build with progress, download."""
    visit(site, page, "/bureau/anthology/arrange")
    page.click("form[action$='/bureau/anthology/arrange'] button")
    site.look(page)
    visit(site, page, "/bureau/anthology/settings")
    visit(site, page, "/bureau/anthology/check")
    page.click("form[action$='/bureau/anthology/builds'] button")
    page.wait_for_selector("a[href$='/document']", timeout=30_000)
    site.look(page)
    with page.expect_download() as download:
        page.click("a[href$='/document']")
    target = folder / "book.docx"
    download.value.save_as(target)
    return target


def see_participation(site: Site, page: Page) -> None:
    """Due, sent and missing stand on the board and in the sheet."""
    visit(site, page, "/bureau/participation")
    assert "未报送" in page.inner_text("main")
    assert page.locator("svg.chart").count() >= 2
    with page.expect_download() as download:
        page.click("a[href*='participation.xlsx']")
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet.max_row >= 4
    visit(site, page, "/bureau/audit")
