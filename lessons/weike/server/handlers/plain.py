"""Routes without a page: assets, health, metrics, and everything that is not there."""

from __future__ import annotations

import asyncio
import logging

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError

from weike.quizzes.i18n import _
from weike.results.catalogue import COUNT
from weike.server.assets import assets
from weike.server.base import Api, Handler, Refused
from weike.server.metrics import exposed
from weike.server.proxies import is_local
from weike.server.trouble import RETRY

LOG = logging.getLogger("weike.server")
PATIENCE = 4.0  # seconds


class Static(Handler):
    """`/static/weike/<name>.<hash>.<ext>`: the same for everybody, for ever."""

    public = True
    policy = "default-src 'none'"

    def get(self, name: str) -> None:
        asset = next((one for one in assets().values() if one.name == name), None)
        if asset is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Content-Type", asset.type)
        self.send_packed(body=asset.body, packed=asset.packed, etag=asset.etag)


class Health(Api):
    """`/healthz`: 200 as soon as requests are answered and the store can be read.

    `saving` is false while nothing can be saved, as on a full disk: pages still open, and to start
    the server again would not help. What does not answer in time is not there.
    """

    public = True

    async def get(self) -> None:
        store = self.site.store
        looking = store.fetch(lambda connection: connection.execute(COUNT).scalar())
        try:
            await asyncio.wait_for(looking, PATIENCE)
        except (DBAPIError, TimeoutError) as error:
            LOG.info("the database cannot be read: %s", error)
            headers = {"Retry-After": str(RETRY)}
            refused = Refused(
                503,
                "busy",
                _("The server cannot get at its data just now. Please try again in a minute."),
                more={"ok": False},
                headers=headers,
            )
            raise refused from error
        lasts = store.saving.lasts
        unwell = {"since_seconds": round(store.saving.seconds), "why": store.saving.kind}
        self.send({"ok": True, "saving": not lasts, **(unwell if lasts else {})})


class Metrics(Api):
    """`/metrics` for Prometheus: from this computer, or for an administrator."""

    public = True

    def ready(self) -> None:
        if is_local(self.request):
            return
        if self.visitor is None:
            self.refuse_stranger()
        elif "administrator" not in self.member.roles:
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))

    async def get(self) -> None:
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.set_header("Cache-Control", "no-store")
        self.site.measure()
        self.finish(await self.work(exposed))


class Missing(Handler):
    """Whatever nobody else answers."""

    def wants_json(self) -> bool:
        return self.request.path.startswith((f"{self.base_url}api/", f"{self.base_url}voila/"))

    def ready(self) -> None:
        if f"{self.request.path}/" == self.base_url and self.request.method in ("GET", "HEAD"):
            return self.redirect(self.base_url)  # the address as people type it, under a prefix
        raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
