"""Comparing all essays of all years with one another."""

from __future__ import annotations

import click

from review_app.cli import main, open_house
from review_app.compare_job import compare_all
from review_app.queries.copies import count_pairs


@main.group("copies")
def copies() -> None:
    """查重 / copied passages."""


@copies.command("rebuild")
def rebuild() -> None:
    """把历年全部作品重新比一遍 / compare all works of all years anew."""
    house = open_house()
    total = compare_all(house, say=lambda done, total: click.echo(f"{done} / {total}", err=True))
    with house.database.read() as session:
        pairs = sum(count_pairs(session).values())
    click.echo(f"✓ 已比对 {total} 篇，相似的 {pairs} 对")
