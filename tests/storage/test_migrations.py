"""The migrations lead to exactly the models, from any revision, with rows, and are all-or-nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from review_app import schema
from review_app.doctor import examine
from review_app.domain.errors import Conflict
from review_app.models import Anthology, Base, Job
from review_app.models.base import Moment
from review_app.schema import is_current, migrate
from review_app.storage.database import Database
from tests.browsing import checksum_database
from tests.builders import NOW, add, make_resources, store
from tests.worlds import add_pair, add_rendering, build_world


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "review.sqlite")
    yield database
    database.dispose()


def list_tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        return {name for name in names if not name.startswith("sqlite_")}


def list_triggers(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())


def test_the_head_is_what_the_models_say(empty: Database) -> None:
    migrate(empty)

    def is_same_type(
        _context: object, _inspected: object, column: object, found: object, wanted: object
    ) -> bool | None:
        return False if isinstance(wanted, Moment) else None

    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": is_same_type, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    assert list_tables(empty) == {table.name for table in Base.metadata.tables.values()} | {"alembic_version"}
    assert is_current(empty)


def test_the_migrations_make_every_check_and_trigger_of_the_models(empty: Database, tmp_path: Path) -> None:
    migrate(empty)
    fresh = Database(tmp_path / "models.sqlite")
    with fresh.engine.begin() as connection:
        Base.metadata.create_all(connection)
    assert list_triggers(empty) == list_triggers(fresh) == {"audit_entry_no_update", "audit_entry_no_delete"}
    assert _list_checks(empty) == _list_checks(fresh)
    fresh.dispose()


def _list_checks(database: Database) -> dict[str, list[str]]:
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    return {
        name: sorted(part.strip().rstrip(",)") for part in sql.splitlines() if "CONSTRAINT ck_" in part)
        for name, sql in rows
        if name != "alembic_version" and not name.startswith("sqlite_")
    }


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    house = make_resources(tmp_path)
    build_world(house, now=NOW)
    before = checksum_database(house.database)
    migrate(house.database)
    assert checksum_database(house.database) == before
    house.close()


def test_every_step_goes_up_with_the_rows_of_a_full_contest(tmp_path: Path) -> None:
    house = make_resources(tmp_path)
    build_world(house, now=NOW)
    revisions = [
        script.revision for script in ScriptDirectory(str(Path(schema.__file__).parent / "migrations")).walk_revisions()
    ]
    before = checksum_database(house.database)
    for revision in revisions[1:]:
        _downgrade(house.database, revision)
        migrate(house.database)
    assert checksum_database(house.database) == before
    assert [finding for finding in examine(house, now=NOW) if finding.level == "error"] == []
    house.close()


def test_going_back_before_renderings_leaves_the_builds(tmp_path: Path) -> None:
    house = make_resources(tmp_path)
    world = build_world(house, now=NOW)
    before = checksum_database(house.database)
    add_rendering(house, world)
    _downgrade(house.database, "0001")
    with house.database.engine.connect() as connection:
        columns = {row[1] for row in connection.execute(text("PRAGMA table_info(anthology_build)"))}
        left = connection.execute(text("SELECT id, document_key, report FROM anthology_build")).one()
    assert columns & {"checked_key", "pdf_key"} == set()
    assert (left.id, "rendering" in left.report, left.document_key is None) == (world.build_id, False, False)
    migrate(house.database)
    assert checksum_database(house.database) != before  # the kept files and the audit entry are still there
    assert [finding for finding in examine(house, now=NOW) if finding.level == "error"] == []
    house.close()


def test_a_book_of_the_first_schema_prints_none_of_the_later_parts(tmp_path: Path) -> None:
    house = make_resources(tmp_path)
    world = build_world(house, now=NOW)
    with house.database.engine.begin() as connection:
        connection.execute(text("UPDATE anthology SET has_back_cover = 1, back_cover = 'x', board = 'x'"))
    _downgrade(house.database, "0001")
    migrate(house.database)
    with house.database.read() as session:
        book = session.get_one(Anthology, world.anthology_id)
    assert (book.imprint, book.board, book.notice_title, book.notice, book.afterword, book.back_cover) == ("",) * 6
    assert book.has_board
    others = (book.has_imprint, book.has_notice, book.has_afterword, book.has_back_cover, book.has_entry_list)
    assert not any((*others, book.has_running_heads, book.has_odd_starts))
    house.close()


def test_going_back_before_templates_leaves_the_book_and_its_works(tmp_path: Path) -> None:
    house = make_resources(tmp_path)
    world = build_world(house, now=NOW)
    key = store(house, b"PK a template", "application/zip")
    with house.database.engine.begin() as connection:
        connection.execute(text("UPDATE anthology SET template_key = :key, template_name = '模板.docx'"), {"key": key})
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE anthology SET template_key = 'no such file'"))
    _downgrade(house.database, "0004")
    with house.database.engine.connect() as connection:
        columns = {row[1] for row in connection.execute(text("PRAGMA table_info(anthology)"))}
        works = connection.execute(text("SELECT count(*) FROM anthology_item")).scalar_one()
    assert (columns & {"template_key", "template_name"}, works) == (set(), 1)
    migrate(house.database)
    with house.database.read() as session:
        book = session.get_one(Anthology, world.anthology_id)
    assert (book.template_key, book.template_name) == (None, "")
    assert [finding for finding in examine(house, now=NOW) if finding.level == "error"] == []
    house.close()


def test_going_back_before_comparisons_leaves_builds_and_their_jobs(tmp_path: Path) -> None:
    house = make_resources(tmp_path)
    world = build_world(house, now=NOW)
    before = checksum_database(house.database)
    add_pair(house, world)
    add(house, Job(kind="compare-essay", object_id=1, created_at=NOW))
    _downgrade(house.database, "0005")
    assert list_tables(house.database) & {"similar_pair", "known_text", "essay_fingerprint", "kept_job"} == set()
    with house.database.engine.begin() as connection:
        assert connection.execute(text("SELECT kind FROM job")).scalars().all() == ["build-anthology"]
        assert connection.execute(text("SELECT job_id FROM anthology_build")).scalar_one() == world.job_id
        with pytest.raises(IntegrityError):
            connection.execute(text("UPDATE job SET kind = 'compare-essay'"))
        with pytest.raises(IntegrityError):
            connection.execute(text("DELETE FROM job"))
    migrate(house.database)
    assert checksum_database(house.database) == before
    house.close()


def test_the_first_step_goes_down_to_nothing_and_up_again(empty: Database) -> None:
    migrate(empty)
    _downgrade(empty, "base")
    assert list_tables(empty) == {"alembic_version"}
    migrate(empty)
    assert is_current(empty)


def _downgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with database.engine.execution_options(review_begin="BEGIN IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE user (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(empty)
    assert list_tables(empty) == {"user"}
    with empty.engine.begin() as connection:
        connection.execute(text("DROP TABLE user"))
    migrate(empty)
    assert is_current(empty)


def test_a_database_of_a_later_program_is_left_alone_with_a_sentence(empty: Database) -> None:
    migrate(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = checksum_database(empty)
    with pytest.raises(Conflict, match="更新版本"):
        migrate(empty)
    assert checksum_database(empty) == before
