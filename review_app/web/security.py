"""Response headers: a policy without any unsafe source, no caching of personal pages, no sniffing, no framing."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.wrappers import Response

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DOWNLOAD_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


def set_headers(response: Response) -> Response:
    """After every request: the security headers; a download is locked down further."""
    is_download = response.headers.get("Content-Disposition", "").startswith("attachment")
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY if is_download else POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint == "static" and "v" in request.args and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Cookie"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def init_cookies(app: Flask, *, is_https: bool) -> None:
    """Cookie flags: HttpOnly and SameSite always; Secure and the __Host- name when the site runs on HTTPS."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-review" if is_https else "review",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
