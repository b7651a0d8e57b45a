"""What alembic runs: the migrations on the connection handed over by `review_app.schema`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from review_app.models import Base
from review_app.models.base import Moment


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column type as what it is in the database."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
