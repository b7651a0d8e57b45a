"""Nothing a person was told to be safe is lost, doubled or half done, however often the server is killed."""

from __future__ import annotations

import hashlib
import html
import http.client
import os
import queue
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from review_app.config import read_settings
from review_app.doctor import examine
from review_app.domain.actor import Role
from review_app.handlers import HANDLERS
from review_app.models import AuditEntry, Essay, EssayVersion, Job, Receipt, StoredFile
from review_app.queries.audit import verify_audit
from review_app.resources import Resources, open_resources
from review_app.services.contest_setup import add_default_tags
from review_app.services.jobs import revive_jobs
from review_app.work import open_work
from review_app.worker import Worker
from tests.builders import PASSWORD, SYSTEM, build_contest, build_unit, build_user

KILLS = 30
CLIENTS = 5
SEED = 20201020
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
EDGE = "edge-of-the-form"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the server of this test is forked")


class Browser:
    """One unit's browser: it keeps its cookie and sends a form again until it is answered."""

    def __init__(self, port: int, login: str, over: threading.Event) -> None:
        self.port, self.login, self.over = port, login, over
        self.cookie = ""
        self.token = ""
        self.tries = 0

    def request(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """Status, Location and text; asked again whenever the server is gone, until all is over."""
        while not self.over.is_set():
            self.tries += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                headers = {"Cookie": self.cookie} | ({"Content-Type": kind} if kind else {})
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self.over.wait(0.02)
                continue
            finally:
                connection.close()
            if cookie := answer.getheader("Set-Cookie"):
                self.cookie = cookie.split(";")[0]
            if answer.status != 503:
                return answer.status, answer.getheader("Location") or "", text
        raise ConnectionError("the server is gone for good")

    def sign_in(self) -> None:
        self.token = _field(self.request("GET", "/login")[2], "csrf_token")
        form = {"login": self.login, "password": PASSWORD, "csrf_token": self.token}
        status, _, text = self.post("/login", form)
        assert status == 303, text
        self.token = _field(self.request("GET", "/password")[2], "csrf_token")

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str, str]:
        return self.request("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")

    def upload(self, data: bytes, key: str) -> str:
        """Hand in one file; returns the address of the essay once the server has said it is safe."""
        fields = {"csrf_token": self.token, "request_key": key}
        parts = [f'--{EDGE}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{key}.txt"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + data + f"\r\n--{EDGE}--\r\n".encode()
        status, location, text = self.request("POST", "/unit/essays/new", body, f"multipart/form-data; boundary={EDGE}")
        assert status == 303, text
        return location

    def submit(self, address: str, key: str) -> str:
        """Confirm and hand in; returns the address of the receipt."""
        form = {
            "csrf_token": self.token, "request_key": key, "act": "submit", "title": f"灯下{key}", "authors": "周明",
            "phone": "0550-0000-001", "genre": "g-feature", "is_original": "1", "is_cleared": "1",
            "version": _field(self.request("GET", address)[2], "version"),
        }  # fmt: skip
        status, location, text = self.post(address, form)
        assert status == 303, text
        return location


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def restarting_server(port: int, environment: dict[str, str], log: Path) -> Iterator[queue.Queue[int]]:
    """A server that is started again whenever it is killed; gives the ids of its processes as they come."""
    command = [sys.executable, str(Path(__file__).with_name("restarting_server.py")), str(port), str(log)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    ids: queue.Queue[int] = queue.Queue()
    lines = process.stdout
    started: list[int] = []

    def note_ids() -> None:
        for line in lines:
            started.append(int(line))
            ids.put(started[-1])

    reader = threading.Thread(target=note_ids)
    reader.start()
    try:
        yield ids
    finally:
        process.stdin.close()
        while reader.is_alive():
            with suppress(ProcessLookupError):
                os.kill(started[-1], signal.SIGKILL)
            reader.join(0.1)
        process.wait()
        lines.close()


def test_no_acknowledged_essay_is_lost_by_thirty_kills(tmp_path: Path) -> None:
    environment = {"REVIEW_DATA": str(tmp_path / "data"), "REVIEW_DEMO": "off", "REVIEW_UPLOADS": str(tmp_path / "up")}
    settings = read_settings(environment)
    house = open_resources(settings)
    now = datetime.now(UTC)
    contest = build_contest(house, now=now)
    with open_work(house.database, actor=SYSTEM, now=now) as work:
        add_default_tags(work)
    logins = [f"unit{number}" for number in range(CLIENTS)]
    for number, login in enumerate(logins):
        build_user(house, Role.UNIT, login=login, unit=build_unit(house, contest, code=f"XZ{number:02d}"))
    house.close()

    port = free_port()
    stop, over = threading.Event(), threading.Event()
    uploaded: dict[str, str] = {}
    submitted: dict[str, str] = {}
    faults: list[BaseException] = []
    progress = threading.Semaphore(0)
    browsers = [Browser(port, login, over) for login in logins]

    def work_on(browser: Browser) -> None:
        try:
            browser.sign_in()
            number = 0
            while not stop.is_set():
                number += 1
                key = f"{browser.login}-{number}"
                data = (
                    f"灯下第{number}夜\n{browser.login}把热茶递到老人手中，听他从头说起，第{number}遍。\n".encode() * 3
                )
                address = browser.upload(data, f"up-{key}")
                uploaded[hashlib.sha256(data).hexdigest()] = address
                submitted[address] = browser.submit(address, f"in-{key}")
                progress.release()
        except BaseException as error:  # noqa: BLE001  (shown by the test itself)
            faults.append(error)
            progress.release()

    threads = [threading.Thread(target=work_on, args=(browser,)) for browser in browsers]
    dice = random.Random(SEED)
    try:
        with restarting_server(port, environment, tmp_path / "log") as ids:
            for thread in threads:
                thread.start()
            for _ in range(KILLS):
                server = ids.get(timeout=PATIENCE_SECONDS)
                while progress.acquire(blocking=False):
                    pass
                assert progress.acquire(timeout=PATIENCE_SECONDS), (tmp_path / "log").read_text()[-3000:]
                assert faults == []
                stop.wait(dice.uniform(0, 0.25))
                os.kill(server, signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
    finally:
        stop.set()
        over.set()
    assert faults == []
    assert [thread.is_alive() for thread in threads] == [False] * CLIENTS

    house = open_resources(settings)
    with open_work(house.database, actor=SYSTEM, now=now) as work:
        revive_jobs(work, kinds=HANDLERS)
    Worker(house, HANDLERS).drain()
    check_nothing_lost(house, uploaded, submitted)
    tries = sum(browser.tries for browser in browsers)
    print(f"{KILLS} kills, {len(uploaded)} essays acknowledged and submitted, {tries} requests")
    assert len(submitted) >= KILLS
    house.close()


def check_nothing_lost(house: Resources, uploaded: dict[str, str], submitted: dict[str, str]) -> None:
    with house.database.read() as session:
        versions = session.scalars(select(EssayVersion)).all()
        essays = {essay.id: essay for essay in session.scalars(select(Essay))}
        receipts = Counter(session.scalars(select(Receipt.essay_id)))
        acts = Counter(
            (act, essay_id) for act, essay_id in session.execute(select(AuditEntry.act, AuditEntry.object_id))
        )
        jobs = Counter(session.scalars(select(Job.state)))
        files = session.execute(select(StoredFile.key, StoredFile.size_bytes)).all()
        assert verify_audit(session).is_sound
    by_content = {version.original_key: version for version in versions}
    assert {key: f"/unit/essays/{by_content[key].essay_id}" for key in uploaded} == uploaded
    assert len(by_content) == len(versions) == len(essays)
    assert {address: f"{address}/receipt" for address in submitted} == submitted
    assert {essay.state for essay in essays.values()} <= {"draft", "submitted"}
    for essay in essays.values():
        is_in = essay.state == "submitted"
        assert receipts[essay.id] == is_in
        assert (essay.number is not None) == is_in
        assert acts["essay.upload", essay.id] == 1
        assert acts["essay.submit", essay.id] == is_in
    assert len({essay.number for essay in essays.values() if essay.number}) == sum(receipts.values())
    assert set(jobs) == {"done"}
    assert house.indexes["bureau"].check().documents == sum(receipts.values())
    for key, size_bytes in files:
        assert len(house.files.read(key)) == size_bytes
    errors = [
        finding for finding in examine(house, now=datetime.now(UTC), is_thorough=True) if finding.level == "error"
    ]
    assert [error.subject for error in errors if error.subject != "磁盘剩余"] == []
