"""The real Chromium of the browser tests: where it is, how it starts, and what watches the content policy."""

from __future__ import annotations

import os
import shutil

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = "window.policyFaults = []; document.addEventListener('securitypolicyviolation', (e) => policyFaults.push(e.violatedDirective + ' ' + e.blockedURI))"
