"""Search from the command line, as any account."""

from __future__ import annotations

import json

import click

from review_app.cli import main, open_house
from review_app.domain.actor import SYSTEM
from review_app.domain.errors import NotFound
from review_app.domain.query_parser import parse_query
from review_app.queries.accounts import find_actor
from review_app.queries.hits import ReviewerHit
from review_app.queries.search import audience_of, search_essays


@main.command("search")
@click.argument("query")
@click.option("--as", "login", default="", help="以哪个账号检索 / search as this account")
@click.option("--page", type=click.IntRange(min=1), default=1, help="第几页 / page")
@click.option("--json", "is_json", is_flag=True, help="机器可读 / machine-readable")
def search(query: str, login: str, page: int, is_json: bool) -> None:
    """全文检索 / full-text search."""
    house = open_house()
    with house.database.read() as session:
        actor = find_actor(session, login=login) if login else SYSTEM
        if actor is None:
            raise NotFound("没有“%(login)s”这个账号，或已停用。", login=login)
        parsed = parse_query(query, audience=audience_of(actor))
        results = search_essays(
            session, indexes=house.indexes, read=house.files.read, actor=actor, query=parsed, page=page
        )
    rows = [
        {
            "number": hit.number,
            "title": hit.title,
            "words": hit.words,
            "snippet": hit.snippet.text,
            **({} if isinstance(hit, ReviewerHit) else {"unit": hit.unit, "authors": hit.authors, "award": hit.award}),
        }
        for hit in results.hits
    ]
    if is_json:
        facets = {
            name: {str(value): count for value, count in counts.items()} for name, counts in results.facets.items()
        }
        answer = {"total": results.total, "is_fallback": results.is_fallback, "hits": rows, "facets": facets}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if results.is_fallback:
        click.echo("索引暂时不能用，只查了题目；请运行 index rebuild", err=True)
    click.echo(f"共 {results.total} 篇")
    for row in rows:
        click.echo(f"{row['number']}  {row['title']}  {row.get('unit', '')}")
        click.echo(f"    {row['snippet']}")
