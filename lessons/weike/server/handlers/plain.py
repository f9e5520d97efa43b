"""Routes without a page: assets, health, metrics, and everything that is not there."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST

from weike.quizzes.i18n import _
from weike.results.catalogue import publication_counter
from weike.server.assets import assets
from weike.server.base import Api, Handler, Refused
from weike.server.metrics import KERNELS, exposed
from weike.server.proxies import is_local


class Static(Handler):
    """`/static/weike/<name>.<hash>.<ext>`: the same for everybody, for ever."""

    public = True

    def get(self, name: str) -> None:
        asset = next((one for one in assets().values() if one.name == name), None)
        if asset is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Content-Type", asset.type)
        self.send_packed(body=asset.body, packed=asset.packed, etag=asset.etag)


class Health(Api):
    """`/healthz`: 200 as soon as requests are answered and the store can be read."""

    public = True

    async def get(self) -> None:
        await self.work(publication_counter, self.site.store)
        self.send({"ok": True})


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
        KERNELS.set(len(self.site.kernels.list_kernel_ids()))
        self.finish(await self.work(exposed))


class Missing(Handler):
    """Whatever nobody else answers."""

    def wants_json(self) -> bool:
        return self.request.path.startswith((f"{self.base_url}api/", f"{self.base_url}voila/"))

    def ready(self) -> None:
        raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
