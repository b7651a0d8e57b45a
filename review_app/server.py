"""Serving: migrate, load the demo contest on the first start, run the worker and the web server in one process."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import click
from flask import Flask
from waitress.server import create_server

from review_app.backup import LOCK_NAME
from review_app.cli.demo import read_demo_logins, start_demo_contest
from review_app.compare_job import ensure_compared
from review_app.config import Settings, read_settings
from review_app.factory import create_app
from review_app.handlers import LONG, PROMPT
from review_app.index_job import ensure_indexes, mend_indexes
from review_app.resources import open_resources
from review_app.storage.process_lock import hold_lock
from review_app.tidy import tidy
from review_app.worker import Worker

THREADS: Final = 8
CONNECTIONS: Final = 400
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104  (compared, not bound)


@click.command("serve")
@click.option("--host", default="127.0.0.1", help="监听地址 / address to listen on")
@click.option("--port", default=8000, help="端口 / port")
def serve(host: str, port: int) -> None:
    """启动网站 / serve the site."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = read_settings()
    names = _own_addresses() if host in _EVERYWHERE else (host,)
    settings = replace(settings, trusted_hosts=tuple(dict.fromkeys((*settings.trusted_hosts, *names))))
    with hold_lock(settings.data_dir / LOCK_NAME):
        _serve(settings, host, port, names[0])


def _serve(settings: Settings, host: str, port: int, name: str) -> None:
    resources = open_resources(settings)
    start_demo_contest(resources)
    tidy(resources, now=datetime.now(UTC))
    ensure_compared(resources)
    server = listen(create_app(settings, resources), settings, host, port)
    workers = (Worker(resources, PROMPT, prepare=ensure_indexes, keep_up=mend_indexes), Worker(resources, LONG))
    for worker in workers:
        worker.start()
    for line in read_demo_logins(settings):
        click.echo(line)
    click.echo(f"请用浏览器打开 / open in a browser: http://{name}:{port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        click.echo("正在停止… / stopping…")
    finally:
        server.close()
        for worker in workers:
            worker.stop()
        resources.close()


def listen(app: Flask, settings: Settings, host: str, port: int) -> Any:
    """The web server on its port. On HTTPS a proxy on this machine is believed about client address and scheme."""
    proxy: dict[str, Any] = {}
    if settings.is_https:
        headers = {"x-forwarded-for", "x-forwarded-proto"}
        proxy = {
            "trusted_proxy": "127.0.0.1",
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": headers,
            "url_scheme": "https",  # also where the proxy does not say so
        }
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=60,
            max_request_body_size=settings.max_upload_bytes + 1024 * 1024,
            clear_untrusted_proxy_headers=True,
            ident="",
            **proxy,
        )
    except OSError as error:
        raise click.ClickException(f"端口 {port} 不能用 / port {port} cannot be used: {error.strerror}") from error


def _own_addresses() -> tuple[str, ...]:
    """The addresses by which other machines may reach this one."""
    try:
        return tuple(socket.gethostbyname_ex(socket.gethostname())[2]) or ("127.0.0.1",)
    except OSError:
        return ("127.0.0.1",)
