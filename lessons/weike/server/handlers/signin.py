"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.access.pins import LONGEST, SHORTEST
from weike.results.access.signin import (
    Session,
    SignInRefused,
    end_session,
    link_owner,
    sign_in_with_activation,
    sign_in_with_link,
    sign_in_with_pin,
)
from weike.results.errors import StoreUnavailableError
from weike.server.auth import MEMBER, SESSION
from weike.server.base import Handler, Refused, local_path

MOST_LETTERS = 128


class SignIn(Handler):
    """What all ways of signing in share."""

    public = True
    referrer = "no-referrer"

    async def welcome(self, session: Session) -> None:
        """Give the browser its session, in place of one that it may have had."""
        left = self.get_cookie(SESSION)
        if left:
            await self.work(end_session, self.site.store, left)
            self.site.identity.forget(left)
        age = max(session.expires - self.now, timedelta(seconds=1))
        self.put_cookie(SESSION, session.token, hidden=True, age=age)
        self.put_cookie(MEMBER, session.member.id)


class Login(SignIn):
    """`/login`: member code and PIN; at first use an activation code, and the PIN is chosen."""

    def wants_json(self) -> bool:
        return self.request.headers.get("Content-Type", "").startswith("application/json")

    def get(self) -> None:
        if self.visitor is not None:
            self.redirect(self.wished_page())
            return
        self.ask()

    async def post(self) -> None:
        fields = self.fields()
        try:
            session = await self.site.hash_work(self._sign_in, fields)
        except StoreUnavailableError:
            raise
        except WeikeError as error:
            self.refuse(error, fields)
            return
        await self.welcome(session)
        if self.wants_json():
            self.send({"member": {"id": session.member.id, "name": session.member.name}})
        else:
            self.redirect(self.wished_page(), status=303)

    def _sign_in(self, fields: dict[str, str]) -> Session:
        store, now, address = self.site.store, self.now, self.request.remote_ip or ""
        code, pin = fields["code"], fields["pin"]
        if fields["activation"].strip():
            return sign_in_with_activation(
                store, code, fields["activation"], pin, now, address=address
            )
        return sign_in_with_pin(store, code, pin, now, address=address)

    def fields(self) -> dict[str, str]:
        """What was filled in, from the form or from JSON."""
        names = ("code", "pin", "activation")
        if self.wants_json():
            body = self.json_body()
            found = {name: body.get(name, "") for name in names}
        else:
            found = {name: self.get_body_argument(name, "", strip=False) for name in names}
        for name, value in found.items():
            if not isinstance(value, str) or len(value) > MOST_LETTERS:
                raise Refused(
                    400, "bad_request", _("{name} must be a short text.").format(name=name)
                )
        return cast("dict[str, str]", found)

    def refuse(self, error: WeikeError, fields: dict[str, str]) -> None:
        waits = isinstance(error, SignInRefused) and error.code == "wait"
        status = 429 if waits else 401 if isinstance(error, SignInRefused) else 400
        if waits:
            when = cast("SignInRefused", error).when
            if when is not None:
                seconds = max(1, round((when - self.now).total_seconds()))
                self.set_header("Retry-After", str(seconds))
        if self.wants_json():
            code = error.code if isinstance(error, SignInRefused) else "weak_pin"
            self.send({"error": {"code": code, "message": str(error)}}, status=status)
            return
        self.ask(status=status, message=str(error), fields=fields)

    def ask(
        self, *, status: int = 200, message: str = "", fields: dict[str, str] | None = None
    ) -> None:
        filled = fields or {}
        self.show(
            "login.html",
            status=status,
            message=message,
            code=filled.get("code", ""),
            first_use=bool(filled.get("activation")),
            next=self.get_argument("next", ""),
            pin_min=SHORTEST,
            pin_max=LONGEST,
        )

    def wished_page(self) -> str:
        return local_path(self.get_argument("next", ""), self.base_url)


class Link(SignIn):
    """`/login/<token>`: looking is harmless, for chat programs fetch links; POST signs in."""

    async def get(self, token: str) -> None:
        owner = await self.work(link_owner, self.site.store, token, self.now)
        if owner is None:
            self.show("link_gone.html", status=404)
            return
        tree = await self.work(self.site.branches)
        branch = tree.get(owner.branch_id)
        self.show(
            "link.html", name=owner.name, branch=branch.path.replace("/", " / ") if branch else ""
        )

    async def post(self, token: str) -> None:
        try:
            session = await self.work(sign_in_with_link, self.site.store, token, self.now)
        except SignInRefused:
            self.show("link_gone.html", status=404)
            return
        await self.welcome(session)
        self.redirect(self.base_url, status=303)


class Logout(Handler):
    """`POST /logout`: ends this browser's session and the member's kernels."""

    public = True

    async def post(self) -> None:
        if self.visitor is not None:
            token = self.visitor.token
            await self.work(end_session, self.site.store, token)
            self.site.identity.forget(token)
            await self.site.kernels.end_all_of(self.member.id)
        self.forget_cookie(SESSION)
        self.forget_cookie(MEMBER)
        self.redirect(f"{self.base_url}login", status=303)
