"""What keeps a page about patients on the machine it was made for.

The server listens on the loopback address alone. Other programs and web pages on the same machine can reach
that address too, so every request must carry a key that only the person who started the server was shown,
the name it was asked by must be a loopback name (against DNS rebinding), and the answers forbid the browser
to load anything from elsewhere or to keep a copy.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "dayzero-key"
#: Style and pictures come from the page itself; nothing runs, nothing is fetched, nothing frames it.
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"cross-origin-resource-policy": b"same-origin",
}


class KeyMiddleware:
    """Let a request pass only with the key, given once in the address and kept in a cookie from then on."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self.key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer without the key with status 403, and put the protective headers on every answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        from starlette.requests import Request

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [pair for pair in message["headers"] if pair[0].lower() not in HEADERS]
                message = {**message, "headers": [*own, *HEADERS.items()]}
            await send(message)

        await self._answer(Request(scope, receive))(scope, receive, send_protected)

    def _answer(self, request: Request) -> ASGIApp:
        if self._same(request.cookies.get(COOKIE, "")):
            return self.app
        if self._same(request.query_params.get("key", "")):
            # The key leaves the address bar, so that it is in no bookmark, history or screenshot.
            response = RedirectResponse(request.url.path, status_code=303)
            response.set_cookie(COOKIE, self.key, httponly=True, samesite="strict")
            return response
        text = "This page belongs to whoever started it. Open the address that 'dayzero app' printed.\n"
        return PlainTextResponse(text, status_code=403)

    def _same(self, candidate: str) -> bool:
        return hmac.compare_digest(candidate.encode(), self.key.encode())


def middleware(key: str) -> list[Middleware]:
    """Return the layers of protection, outermost first."""
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
        Middleware(KeyMiddleware, key=key),
    ]
