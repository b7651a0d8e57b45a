"""Guards over the whole tree: one transaction place, no hidden clock or dice, names, docstrings, licences, no traces of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SHELLS = (
    "review_app/__main__.py",
    "review_app/server.py",
    "review_app/factory.py",
    "review_app/web/",
    "review_app/cli/",
)
SHELLS += (
    "review_app/handlers",
    "review_app/anthology_job",
    "review_app/compare_job",
    "review_app/worker",
    "review_app/config.py",
    "compile/__main__.py",
)
TEMPORARY_NAMES = "review_app/storage/files.py"  # names of temporary files come from chance and reach nobody
CLOCK = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.now",
    "time.time",
    "time.time_ns",
}
CHANCE = {"os.urandom", "sqlalchemy.func.random", "uuid.uuid1", "uuid.uuid4"}
NO_CHANCE = {"random.Random", "secrets.compare_digest"}  # random.Random(seed) is told its seed
GPL = re.compile(r"\b[AL]?GPL|GNU (Lesser|Affero|General|Library)", re.IGNORECASE)
LICENCES_READ_BY_HAND = {"pysqlite3": "zlib"}  # its metadata name none


def list_modules(*packages: str) -> list[str]:
    """Paths of the Python modules of packages, from the project's root, in order."""
    return sorted(path.relative_to(ROOT).as_posix() for name in packages for path in (ROOT / name).rglob("*.py"))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def find_commits(source: str) -> list[int]:
    """Lines on which a transaction is closed by hand."""
    return [number for number, line in enumerate(source.splitlines(), 1) if re.search(r"\bcommit\(", line)]


def find_clock_and_chance(source: str) -> list[str]:
    """Full names of what reads the clock or the dice, whether called or handed on, in order of appearance."""
    tree = ast.parse(source)
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    def name_of(node: ast.expr) -> str:
        if isinstance(node, ast.Attribute):
            return f"{name_of(node.value)}.{node.attr}"
        return known.get(node.id, "") if isinstance(node, ast.Name) else ""

    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) == "random.Random" and not node.args:
            found.append((node.lineno, "random.Random()"))
        if isinstance(node, (ast.Attribute, ast.Name)):
            name = name_of(node)
            is_dice = name.startswith(("random.", "secrets.")) and name.count(".") == 1 and name not in NO_CHANCE
            if name in CLOCK | CHANCE or is_dice:
                found.append((node.lineno, name))
    return [name for _, name in sorted(found)]


def list_tracked_files() -> list[str]:
    """Paths of all text files that belong to the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout.split("\0")
    files = [name for name in names if name and (ROOT / name).is_file()]
    return [name for name in files if b"\0" not in (ROOT / name).read_bytes()[:8192]]


def find_traces(text: str) -> list[str]:
    """Absolute paths of somebody's machine and names of package registries."""
    folders = "|".join(["work", "root", "home/[a-z]+", "Users/[A-Za-z]+"])
    hosts = "|".join(
        re.escape(".".join(parts)) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
    )
    return [match.group() for match in re.finditer(rf"(?<![\w.}}])/(?:{folders})/|{hosts}|deb\.debian\.", text)]


def read_lock(name: str) -> dict[str, tuple[Requirement, int]]:
    """Requirement and number of hashes of each package of a lock, by name."""
    lines = read(name).replace("\\\n", " ").splitlines()
    entries = [line.split("--hash=sha256:") for line in lines if line and not line.startswith("#")]
    requirements = [(Requirement(first.strip()), len(hashes)) for first, *hashes in entries]
    return {requirement.name: (requirement, count) for requirement, count in requirements}


def read_licence(package: str) -> str:
    """What an installed package says of its licence; long texts are cut, since they cite other licences."""
    fields = metadata(package)
    stated = [fields.get("License-Expression", ""), (fields.get("License") or "")[:200]]
    stated += [line for line in fields.get_all("Classifier", []) if line.startswith("License ::")]
    return " ".join(filter(None, stated))


def test_a_transaction_is_closed_in_one_file_only():
    assert find_commits("    self.session.commit()\n") == [1]
    assert find_commits("commit_at = now\nafter_commit(index)\n") == []
    found = {path: find_commits(read(path)) for path in list_modules("review_app")}
    assert {path for path, lines in found.items() if lines} == {"review_app/work.py"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from datetime import datetime, UTC\nx = datetime.now(UTC)", ["datetime.datetime.now"]),
        ("import datetime as dt\nx = dt.date.today()", ["datetime.date.today"]),
        ("import time\nclock = time.time", ["time.time"]),
        ("import random\nrandom.shuffle(x)\nr = random.Random()", ["random.shuffle", "random.Random()"]),
        ("from random import choice\nchoice(x)", ["random.choice"]),
        ("def f():\n    import uuid\n    return uuid.uuid4()", ["uuid.uuid4"]),
        ("import secrets\nsecrets.token_hex(8)", ["secrets.token_hex"]),
        ("from sqlalchemy import func\nc = Column(default=func.now())", ["sqlalchemy.func.now"]),
        ("import random\ndef f(dice: random.Random):\n    dice.shuffle(x)\nr = random.Random(7)", []),
        ("import time, secrets\ntime.monotonic()\nsecrets.compare_digest(a, b)", []),
        ("def f(work):\n    return work.now, work.time.time", []),
    ],
)
def test_the_guard_sees_clock_and_chance(source, expected):
    assert find_clock_and_chance(source) == expected


def test_below_the_shells_nobody_asks_the_clock_or_the_dice():
    found = {}
    for path in list_modules("review_app", "compile"):
        names = [] if path.startswith(SHELLS) else find_clock_and_chance(read(path))
        if path == TEMPORARY_NAMES:
            names = [name for name in names if name in CLOCK]
        if names:
            found[path] = names
    assert found == {}


def test_no_module_has_a_name_that_says_nothing():
    modules = [Path(path) for path in list_modules("review_app", "compile", "tests", "bench")]
    words = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [str(path) for path in modules if words & {path.stem, *path.parts}] == []


def test_every_module_opens_with_its_purpose():
    modules = [*list_modules("review_app", "compile"), "run.py"]
    assert len(modules) > 5
    assert [path for path in modules if not ast.get_docstring(ast.parse(read(path)))] == []


@pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="not a git checkout, so nothing tells which files belong to it"
)
def test_no_file_knows_a_machine_or_a_registry():
    assert find_traces("open('/" + "work/x')") == ["/" + "work/"]
    assert find_traces("--index-url https://pypi." + "org/simple") == ["pypi." + "org"]
    assert find_traces("url_for('works') + '/works/' + base/" + "work/") == []
    files = list_tracked_files()
    assert "run.py" in files
    assert {name: traces for name in files if (traces := find_traces((ROOT / name).read_text("utf-8", "ignore")))} == {}


def test_a_newcomer_finds_what_he_looks_for():
    expected = [
        "LICENSE",
        "README.md",
        "README.en.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "pyproject.toml",
    ]
    expected += ["run.py", "run.cmd", "Makefile", ".ci/run", "docs/install.md", "uploads/README.md"]
    expected += ["requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt"]
    assert [name for name in expected if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_hashes(name):
    lock = read_lock(name)
    assert len(lock) > 20
    pins = {package: [item.operator for item in requirement.specifier] for package, (requirement, _) in lock.items()}
    assert {package: operators for package, operators in pins.items() if operators != ["=="]} == {}
    assert [package for package, (_, hashes) in lock.items() if not hashes] == []


def test_both_locks_agree():
    plain, developers = read_lock("requirements.txt"), read_lock("requirements-dev.txt")
    assert {name: str(plain[name][0].specifier) for name in plain} == {
        name: str(developers[name][0].specifier) for name in plain if name in developers
    }


def test_every_input_is_locked():
    lock = {name.replace("_", "-").lower() for name in read_lock("requirements.txt")}
    inputs = [line for line in read("requirements.in").splitlines() if line and not line.startswith("#")]
    assert [line for line in inputs if Requirement(line).name.lower() not in lock] == []


def test_the_default_set_holds_no_gpl():
    assert GPL.search("GNU Lesser General Public License v3 (LGPLv3)")
    assert GPL.search("AGPL-3.0-or-later")
    licences = {}
    for name, (requirement, _) in read_lock("requirements.txt").items():
        if requirement.marker is None or requirement.marker.evaluate():
            try:
                licences[name] = read_licence(name) or LICENCES_READ_BY_HAND.get(name, "")
            except PackageNotFoundError:
                licences[name] = "not installed"
    assert {
        name: text for name, text in licences.items() if not text or text == "not installed" or GPL.search(text)
    } == {}
