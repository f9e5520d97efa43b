"""A browser without a screen: it keeps cookies and repeats the forgery token, as pages do."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from email.message import Message
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return str(self.json["error"]["code"])

    @property
    def location(self) -> str:
        return str(self.headers["Location"])

    def cookie(self, name: str) -> Morsel[str] | None:
        """The cookie as this answer set it, with its flags."""
        for line in self.headers.get_all("Set-Cookie") or []:
            found = SimpleCookie(line)
            if name in found:
                return found[name]
        return None


@dataclass(slots=True)
class Browser:
    """`path` is written as in the address bar, prefix included. Redirects are not followed."""

    port: int
    host: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, data: object = None, **headers: str) -> Answer:
        return self.ask("POST", path, data={} if data is None else data, headers=headers)

    def form(self, path: str, **fields: str) -> Answer:
        """A form as a page sends it: the token stands in a field."""
        body = urlencode({"_xsrf": self.cookies.get("_xsrf", ""), **fields})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "X-XSRFToken": ""}
        return self.ask("POST", path, body=body.encode(), headers=kind)

    def ask(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        sent = self.headers | sent
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if data is not None:
            body = json.dumps(data).encode()
            sent.setdefault("Content-Type", "application/json")
        if method not in ("GET", "HEAD"):
            sent.setdefault("X-XSRFToken", self.cookies.get("_xsrf", ""))
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
