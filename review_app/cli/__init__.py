"""The command line: the same services as the web, acting as the system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from review_app.config import read_settings
from review_app.domain.actor import SYSTEM
from review_app.domain.errors import DomainError
from review_app.resources import Resources, open_resources
from review_app.work import Work, open_work


class Commands(click.Group):
    """The group of all commands; a domain error ends a command with its sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; show a domain error as one line."""
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
def main() -> None:
    """信访征文评审系统 / petition essay review."""


def open_house() -> Resources:
    """The resources of this installation."""
    return open_resources(read_settings())


@contextmanager
def system_work(resources: Resources) -> Iterator[Work]:
    """A Work of the system itself, now."""
    with open_work(resources.database, actor=SYSTEM, now=datetime.now(UTC)) as work:
        yield work
