"""What every request goes through: who asks, whether they may, and how errors are said."""

from __future__ import annotations

import hmac
import json
import logging
import secrets
import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.httputil import parse_cookie

from weike.quizzes.attempt import AttemptRefused
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import LANGUAGES, _, language, set_language
from weike.results.people import Member
from weike.server.auth import SESSION, Visitor
from weike.server.days import refusal_words
from weike.server.jsonbody import storable, to_json
from weike.server.refusal import Refused, explain
from weike.server.site import Site
from weike.server.trouble import RETRY, passing

LOG = logging.getLogger("weike.server")
T = TypeVar("T")

LANGUAGE = "weike_language"
LARGE = "weike_large"
XSRF = "_xsrf"
WORTH_PACKING = 1024  # bytes
# gzip, looking 8 kB back and with tables to fit: to clear larger ones takes longer than to pack.
GZIP = (16 + 13, 6)
YEAR = timedelta(days=365)

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class Handler(JupyterHandler):
    """The one base of all our routes.

    `public` routes answer anybody; all others want a signed-in member, and where `roles` is not
    empty, one who has one of them.
    """

    public: ClassVar[bool] = False
    roles: ClassVar[frozenset[str]] = frozenset()
    body_limit: ClassVar[int] = 64 * 1024
    policy: ClassVar[str] = PAGE_POLICY
    referrer: ClassVar[str] = "same-origin"

    visitor: Visitor | None = None
    _sent_cookies: dict[str, str] | None = None

    def head(self, *arguments: Any, **named: Any) -> Any:
        """The headers of `get`; Tornado leaves the body out."""
        return self.get(*arguments, **named)

    # Who asks

    def prepare(self) -> Awaitable[None] | None:  # type: ignore[override]  # no Jupyter checks: ours
        """Find the member, then refuse in this order: 401, 403 for the role, XSRF, 413."""
        self.site.proxies.apply(self.request)
        set_language(self.wished_language())
        token = self.get_cookie(SESSION)
        if not token:
            return self._admit(None)
        known, visitor = self.site.identity.known(token)
        if known:
            return self._admit(visitor)
        return self._find(token)

    async def _find(self, token: str) -> None:
        visitor, session = await self.site.identity.find(token)
        if session is not None and session.renewed:
            self.put_cookie(SESSION, token, hidden=True, age=session.expires - self.now)
        waiting = self._admit(visitor)
        if waiting is not None:
            await waiting

    def _admit(self, visitor: Visitor | None) -> Awaitable[None] | None:
        self.visitor = visitor
        self.current_user = self._jupyter_current_user = visitor.user if visitor else None
        if visitor is None and not self.public:
            self.refuse_stranger()
            return None
        if visitor is not None and self.roles and not self.roles & visitor.member.roles:
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))
        if self.request.method not in ("GET", "HEAD", "OPTIONS"):
            self.check_xsrf_cookie()
            if len(self.request.body) > self.body_limit:
                raise Refused(413, "too_large", _("That is more than this address takes."))
        return self.ready()

    def ready(self) -> Awaitable[None] | None:
        """What a route still checks before its method runs."""
        return None

    def wants_json(self) -> bool:
        """Whether errors are said as JSON or as a page."""
        return False

    def refuse_stranger(self) -> None:
        if self.wants_json() or self.request.method not in ("GET", "HEAD"):
            raise Refused(401, "sign_in", _("Please sign in first."))
        self.redirect(f"{self.base_url}login?next={quote(self.request.path)}")

    @property
    def member(self) -> Member:
        assert self.visitor is not None, "a public route asked for the member"
        return self.visitor.member

    @property
    def site(self) -> Site:
        return cast("Site", self.settings["weike"])

    @property
    def log(self) -> logging.Logger:
        return LOG

    @property
    def now(self) -> datetime:
        return self.site.now()

    @property
    def is_https(self) -> bool:
        return self.request.protocol == "https"

    # How it is shown

    def wished_language(self) -> str:
        """The reader's own choice, else the course's language."""
        wished = self.get_cookie(LANGUAGE)
        return wished if wished in LANGUAGES else self.site.course.language

    @property
    def large(self) -> bool:
        return self.get_cookie(LARGE) == "1"

    # Cookies and forgery

    def get_cookie(  # type: ignore[override]  # Tornado's has overloads
        self, name: str, default: str | None = None
    ) -> str | None:
        """Tornado would make an object for every cookie of every request first."""
        if self._sent_cookies is None:
            self._sent_cookies = parse_cookie(self.request.headers.get("Cookie", ""))
        return self._sent_cookies.get(name, default)

    def put_cookie(
        self, name: str, value: str, *, hidden: bool = False, age: timedelta = YEAR
    ) -> None:
        """A cookie for this course only; `hidden` keeps it from scripts."""
        self.set_cookie(
            name,
            value,
            path=self.base_url,
            max_age=int(age.total_seconds()),
            httponly=hidden,
            secure=self.is_https,
            samesite="Lax",
        )

    def forget_cookie(self, name: str) -> None:
        self.clear_cookie(name, path=self.base_url)

    def forgery_token(self) -> str:
        """The value that writes must repeat; every page leaves it in a cookie scripts can read."""
        token = self.get_cookie(XSRF)
        if not token or len(token) > 128:
            token = secrets.token_hex(16)
            self.put_cookie(XSRF, token)
        return token

    def check_xsrf_cookie(self) -> None:
        sent = self.request.headers.get("X-XSRFToken") or self.get_body_argument(XSRF, "")
        kept = self.get_cookie(XSRF) or ""
        if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
            raise Refused(403, "xsrf", _("Please load the page again and repeat the step."))
        if not self.check_origin():
            raise Refused(403, "origin", _("Please load the page again and repeat the step."))

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Whether a page of ours sent this request; `null` is a page that hides where it is."""
        if self.request.headers.get("Sec-Fetch-Site") in ("same-origin", "none"):
            return True
        origin = self.request.headers.get("Origin")
        return origin in (None, "null") or _after_scheme(str(origin)) in self._hosts()

    def _hosts(self) -> set[str]:
        hosts = {self.request.headers.get("Host", "").lower()}
        if self.site.proxies.trusts(self.request.connection.context.remote_ip):  # type: ignore[union-attr]
            hosts.add(self.request.headers.get("X-Forwarded-Host", "").lower())
        if self.site.course.public_url:
            hosts.add(_after_scheme(self.site.course.public_url))
        return hosts - {""}

    def sockets(self) -> str:
        """Older Safari does not count a websocket to the same host as 'self'."""
        host = self.request.host
        sane = host.replace(".", "").replace("-", "").replace(":", "").replace("[", "")
        if not sane.replace("]", "").isalnum():
            return ""
        return f"wss://{host}" if self.is_https else f"ws://{host}"

    # Answers

    def set_default_headers(self) -> None:
        self._headers["Content-Security-Policy"] = self.policy
        self._headers["X-Content-Type-Options"] = "nosniff"
        self._headers["Referrer-Policy"] = self.referrer
        del self._headers["Server"]

    def compute_etag(self) -> str | None:
        return None

    def send(self, data: object, *, status: int = 200) -> None:
        """JSON about a person, so nobody keeps it."""
        self.set_status(status)
        self._headers["Content-Type"] = "application/json; charset=utf-8"
        self._headers["Cache-Control"] = "no-store"
        body = to_json(data)
        if len(body) >= WORTH_PACKING and self.accepts_gzip:
            self._headers["Content-Encoding"] = "gzip"
            packer = zlib.compressobj(2, zlib.DEFLATED, *GZIP)
            body = packer.compress(body) + packer.flush()
        self.finish(body)

    @property
    def accepts_gzip(self) -> bool:
        return "gzip" in self.request.headers.get("Accept-Encoding", "")

    def show(self, template: str, *, status: int = 200, **values: object) -> None:
        """A page of ours, made for this person and this moment."""
        self.set_status(status)
        self._headers["Content-Type"] = "text/html; charset=utf-8"
        self._headers["Cache-Control"] = "no-store"
        self.finish(
            self.site.pages.render(
                template,
                language=language(),
                large=self.large,
                member=self.visitor and self.visitor.member,
                forgery_token=self.forgery_token(),
                **values,
            )
        )

    def send_packed(self, *, body: bytes, packed: bytes, etag: str) -> None:
        """Bytes that were compressed beforehand, or 304 where the browser has them."""
        self._headers["Etag"] = etag
        if etag in self.request.headers.get("If-None-Match", ""):
            self.set_status(304)
            self.finish()
            return
        if self.accepts_gzip:
            self._headers["Content-Encoding"] = "gzip"
            body = packed
        if self.request.method == "HEAD":
            self._headers["Content-Length"] = str(len(body))
            self.finish()
            return
        self.finish(body)

    def json_body(self) -> dict[str, Any]:
        """The body as an object, or 400; every text in it can be stored."""
        try:
            body = json.loads(self.request.body.decode() or "{}")
            sound = b"\\u" not in self.request.body or storable(body)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "bad_request", _("This is not valid JSON.")) from error
        if not sound:
            raise Refused(400, "bad_request", _("This is not valid JSON."))
        if not isinstance(body, dict):
            raise Refused(400, "bad_request", _("Send a JSON object."))
        return body

    async def work(self, task: Callable[..., T], *args: object, **options: object) -> T:
        """Run what would hold up everybody else in a thread."""
        return await self.site.work(task, *args, **options)

    # Errors

    def _handle_request_exception(self, e: BaseException) -> None:
        """Say a person's mistake as a refusal, and everything else as ours."""
        if isinstance(e, AttemptRefused):
            more = {} if e.when is None else {"when": e.when}
            refused = Refused(
                e.status, e.code, refusal_words(e, self.now, self.site.course.zone), more=more
            )
        elif sentence := passing(e):  # a phone keeps its answer and tries again
            refused = Refused(503, "busy", sentence, headers={"Retry-After": str(RETRY)})
        elif isinstance(e, WeikeError):
            refused = Refused(400, "refused", str(e))
        else:
            super()._handle_request_exception(e)
            return
        try:  # Tornado looks at the exception that is being handled
            raise refused from e
        except Refused:
            super()._handle_request_exception(refused)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, web.HTTPError):
            LOG.error("%s failed", safe_path(self.request.path), exc_info=(typ, value, tb))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        code, message, more = explain(status_code, error)
        if isinstance(error, Refused):
            for name, value in error.headers.items():
                self.set_header(name, value)
        if code == "xsrf":
            self.forgery_token()  # cleared cookies, an open page: its next try will do
        if self.wants_json():
            self.send({"error": {"code": code, "message": message, **more}}, status=status_code)
        else:
            cause = getattr(error, "__cause__", None)
            passes = cause is not None and passing(cause) is not None
            again = self.request.path if passes and self.request.method == "GET" else ""
            self.show(
                "error.html",
                status=status_code,
                code=status_code,
                message=message,
                passes=passes,
                again=again,
            )


class Api(Handler):
    """A route for programs: JSON in, JSON out, errors too."""

    policy = "default-src 'none'; frame-ancestors 'none'"

    def wants_json(self) -> bool:
        return True


def _after_scheme(address: str) -> str:
    """`host:port` of an origin; whatever else a browser sends is compared, not understood."""
    return address.lower().partition("://")[2].partition("/")[0]


def safe_path(path: str) -> str:
    """A path for the log: what follows /login/ signs somebody in and what follows /preview/ shows a
    draft, so both stay out."""
    for secret in ("/login/", "/preview/"):
        head, found, _token = path.partition(secret)
        if found:
            return f"{head}{secret}…"
    return path


def local_path(wished: str, base_url: str) -> str:
    """Where to go after signing in: a path of this course, whatever the address bar said."""
    path = wished.replace("\\", "/")
    sane = path.startswith(base_url) and not path.startswith("//") and path.isprintable()
    return path if sane else base_url


__all__ = ["LARGE", "Api", "Handler", "Refused", "local_path", "safe_path"]
