"""``/docs``: Swagger UI for the API, with its files served from this site."""

import base64
import hashlib
import re

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html

FILES_URL = "/docs/files"
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def add_docs_page(app: FastAPI) -> None:
    """Add ``/docs`` to ``app``, which serves the files of Swagger UI at ``FILES_URL``."""
    page = get_swagger_ui_html(
        openapi_url=str(app.openapi_url),
        title=f"{app.title} - Swagger UI",
        swagger_js_url=f"{FILES_URL}/swagger-ui-bundle.js",
        swagger_css_url=f"{FILES_URL}/swagger-ui.css",
        swagger_favicon_url=f"{FILES_URL}/favicon.png",
    )
    page.headers["Content-Security-Policy"] = _policy(bytes(page.body).decode())

    async def docs(_request: Request) -> Response:
        return page

    app.add_route("/docs", docs, include_in_schema=False)


def _policy(html: str) -> str:
    """Return the Content-Security-Policy: the page may run its own scripts and send requests to its own site."""
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in _INLINE_SCRIPT.findall(html))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}",
            # Swagger UI sets style attributes.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
