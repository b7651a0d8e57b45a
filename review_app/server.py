"""Serving: migrate, load the demo contest on the first start, run the worker and the web server in one process."""

from __future__ import annotations

import logging
from dataclasses import replace

import click
from waitress.server import create_server

from review_app.cli.demo import read_demo_logins, start_demo_contest
from review_app.config import read_settings
from review_app.factory import create_app
from review_app.handlers import HANDLERS
from review_app.index_job import ensure_indexes
from review_app.resources import open_resources
from review_app.worker import Worker

THREADS = 8
CONNECTIONS = 400


@click.command("serve")
@click.option("--host", default="127.0.0.1", help="监听地址 / address to listen on")
@click.option("--port", default=8000, help="端口 / port")
def serve(host: str, port: int) -> None:
    """启动网站 / serve the site."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = read_settings()
    if host not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        settings = replace(settings, trusted_hosts=(*settings.trusted_hosts, host))
    resources = open_resources(settings)
    start_demo_contest(resources)
    ensure_indexes(resources)
    worker = Worker(resources, HANDLERS)
    worker.start()
    server = create_server(
        create_app(settings, resources),
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=60,
        max_request_body_size=settings.max_upload_bytes + 1024 * 1024,
        ident="",
    )
    for line in read_demo_logins(settings):
        click.echo(line)
    click.echo(f"请用浏览器打开 / open in a browser: http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/")  # noqa: S104
    try:
        server.run()
    except KeyboardInterrupt:
        click.echo("正在停止… / stopping…")
    finally:
        server.close()
        worker.stop()
