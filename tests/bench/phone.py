"""A cheap phone on a patchy network: Chromium, slowed down through the DevTools protocol.

Each opening has a browser context of its own, so nothing is cached. Time is the page's own clock
from the start of the navigation until a field for an answer is enabled and has a place on the
page, and the frame with it is drawn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, sync_playwright

from .mainthread import recorded, tasks, told

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 90_000
QUIET_MS = 1_000
TAP_AGAIN = 8.0  # seconds after which a touch is taken for lost

Event = dict[str, Any]

_WATCH = """
(() => {
  const answerable = () => {
    for (const input of document.querySelectorAll(
      'input[type=radio], input[type=checkbox], .weike-quiz input, .weike-quiz textarea')) {
      const box = (input.closest('label') || input).getBoundingClientRect();
      if (!input.disabled && box.width > 0 && box.height > 0
          && getComputedStyle(input).visibility === 'visible') return true;
    }
    return false;
  };
  const look = () => {
    if (answerable()) setTimeout(() => console.debug('answerable', performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""

_HAND = """
(() => {
  const [track, says] = %s;
  let before = null, touched = 0;
  const words = () => Array.from(document.querySelectorAll(says), (e) => e.textContent).join();
  const drawn = () => {
    const slider = document.querySelector(track);
    if (slider && !slider.disabled && slider.getBoundingClientRect().width > 0 && words()) {
      setTimeout(() => console.debug('slider', performance.now()));
    } else requestAnimationFrame(drawn);
  };
  const changed = () => {
    if (words() !== before) setTimeout(() => console.debug('slid', touched, performance.now()));
    else requestAnimationFrame(changed);
  };
  addEventListener('touchstart', (event) => {
    if (before !== null || !event.target.closest(track)) return;
    before = words();
    touched = performance.now();
    changed();
  }, true);
  requestAnimationFrame(drawn);
})();
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Where a page has its slider, and the text that follows from its value; as CSS selectors."""

    track: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slid:
    """The first touch of a slider, seconds since the navigation: drawn, touched, text changed."""

    drawn: float
    touched: float
    answered: float

    @property
    def took(self) -> float:
        return self.answered - self.touched


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A phone and its network. The defaults are the ones that the budgets are written for."""

    megabits: float = 1.6
    latency_ms: float = 150
    slowdown: float = 4


@dataclass(slots=True, kw_only=True)
class Transfer:
    """One request as the phone saw it. Times are seconds since the navigation began."""

    url: str
    kind: str
    begin: float
    end: float = 0.0
    transferred: int = 0
    body: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One first open: `answerable` in seconds, and every request except the lesson's media."""

    answerable: float
    transfers: Sequence[Transfer]
    media: Sequence[Transfer] = field(default=())
    slid: Slid | None = None

    @property
    def slider_usable(self) -> float:
        """Touched as soon as it was there: when the text had changed."""
        assert self.slid is not None
        return self.slid.answered

    @property
    def slider_took(self) -> float:
        assert self.slid is not None
        return self.slid.took

    @property
    def requests(self) -> int:
        return len(self.transfers)

    @property
    def transferred(self) -> int:
        """Bytes on the wire, headers included, as the browser counts them."""
        return sum(t.transferred for t in self.transfers)

    @property
    def uncompressed(self) -> int:
        return sum(t.body for t in self.transfers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """The same first open several times."""

    all: Sequence[Opening]

    def median(self, what: str) -> float:
        return float(median(getattr(opening, what) for opening in self.all))

    def range(self, what: str) -> tuple[float, float]:
        values = [getattr(opening, what) for opening in self.all]
        return min(values), max(values)

    @property
    def typical(self) -> Opening:
        """The opening whose time is the median (the lower one of two)."""
        ranked = sorted(self.all, key=lambda opening: opening.answerable)
        return ranked[(len(ranked) - 1) // 2]


class Phone:
    def __init__(self, browser: Browser, profile: Profile) -> None:
        self._browser = browser
        self.profile = profile

    @property
    def version(self) -> str:
        return f"Chromium {self._browser.version}"

    def profile_of(self, url: str, cookies: Mapping[str, str]) -> str:
        """Open the page once more, and say what kept the main thread busy."""
        with recorded(self._browser) as events:
            opening = self.open(url, cookies)
        return told(tasks(events, urlsplit(url).path), opening.answerable)

    def open(self, url: str, cookies: Mapping[str, str], hand: Hand | None = None) -> Opening:
        """Open a page for the first time, with nothing but these cookies.

        With `hand`, its slider is touched as soon as it is drawn.
        """
        context = self._browser.new_context(
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
        )
        try:
            root = urljoin(url, "/")  # a cookie belongs to the folder of its address
            context.add_cookies(
                [{"name": name, "value": value, "url": root} for name, value in cookies.items()]
            )
            context.add_init_script(_WATCH)
            page = context.new_page()
            log = _NetworkLog(context.new_cdp_session(page), self.profile)
            told = _Told(page)
            if hand is not None:
                page.add_init_script(_HAND % json.dumps([hand.track, hand.says]))
            with page.expect_console_message(
                lambda message: message.text.startswith("answerable "), timeout=PATIENCE_MS
            ) as said:
                page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
                slid = _slide(page, hand, told) if hand else None
            page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
            page.wait_for_timeout(QUIET_MS)
            return Opening(
                answerable=float(said.value.text.split()[1]) / 1000,
                transfers=[t for t in log.transfers if not _is_media(t.url)],
                media=[t for t in log.transfers if _is_media(t.url)],
                slid=slid,
            )
        finally:
            context.close()


class _Told:
    """What the page's watchers have said, by their first word."""

    def __init__(self, page: Page) -> None:
        self._said: dict[str, list[float]] = {}
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        word, *numbers = message.text.split()
        if word in ("slider", "slid"):
            self._said.setdefault(word, [float(one) / 1000 for one in numbers])

    def __getitem__(self, word: str) -> list[float] | None:
        return self._said.get(word)


def _slide(page: Page, hand: Hand, told: _Told) -> Slid:
    """Touch the slider as soon as it is drawn; again every few seconds until the text changes."""
    stop = time.monotonic() + PATIENCE_MS / 1000
    place = 0.8
    while told["slid"] is None:
        if told["slider"] is None:
            page.wait_for_timeout(10)
        else:
            track = page.locator(hand.track).first
            track.scroll_into_view_if_needed(timeout=PATIENCE_MS)
            box = track.bounding_box()
            assert box is not None
            page.touchscreen.tap(box["x"] + place * box["width"], box["y"] + box["height"] / 2)
            place = 1.1 - place
            again = time.monotonic() + TAP_AGAIN
            while told["slid"] is None and time.monotonic() < again:
                page.wait_for_timeout(10)
        if time.monotonic() > stop:
            raise TimeoutError(f"the slider of {page.url} changes nothing")
    drawn, slid = told["slider"], told["slid"]
    assert drawn is not None
    return Slid(drawn=drawn[0], touched=slid[0], answered=slid[1])


def _is_media(url: str) -> bool:
    return "/media/" in urlsplit(url).path


@contextmanager
def phone(profile: Profile) -> Iterator[Phone]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield Phone(browser, profile)
        finally:
            browser.close()


class _NetworkLog:
    """Slows the page down and notes its requests, without those that never leave the phone.

    Other hosts are out of reach (as on a closed network) and fail at once; they are not counted.
    A websocket counts as one request without bytes.
    """

    def __init__(self, session: CDPSession, profile: Profile) -> None:
        self._transfers: dict[str, Transfer] = {}
        self._began: float | None = None
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.webSocketCreated", self._websocket)
        session.on("Network.dataReceived", self._data)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.loadingFailed", self._failed)
        session.send("Network.enable")
        session.send("Network.setBlockedURLs", {"urls": ["https://*"]})
        throughput = profile.megabits * 1e6 / 8
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": profile.latency_ms,
                "downloadThroughput": throughput,
                "uploadThroughput": throughput,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": profile.slowdown})

    @property
    def transfers(self) -> list[Transfer]:
        return list(self._transfers.values())

    def _sent(self, event: Event) -> None:
        url = event["request"]["url"]
        if self._began is None:
            self._began = event["timestamp"]
        if not url.startswith("http:"):
            return
        key = event["requestId"]
        if "redirectResponse" in event and key in self._transfers:
            earlier = self._transfers.pop(key)
            earlier.transferred += int(event["redirectResponse"]["encodedDataLength"])
            self._end(earlier, event)
            self._transfers[f"{key} {len(self._transfers)}"] = earlier
        self._transfers[key] = Transfer(
            url=url, kind=event.get("type", "Other"), begin=event["timestamp"] - self._began
        )

    def _websocket(self, event: Event) -> None:
        begin = max((t.end for t in self._transfers.values()), default=0.0)
        self._transfers[event["requestId"]] = Transfer(
            url=event["url"], kind="WebSocket", begin=begin, end=begin
        )

    def _data(self, event: Event) -> None:
        if transfer := self._transfers.get(event["requestId"]):
            transfer.body += event["dataLength"]

    def _finished(self, event: Event) -> None:
        if transfer := self._transfers.get(event["requestId"]):
            transfer.transferred += int(event["encodedDataLength"])
            self._end(transfer, event)

    def _failed(self, event: Event) -> None:
        if transfer := self._transfers.get(event["requestId"]):
            self._end(transfer, event)

    def _end(self, transfer: Transfer, event: Event) -> None:
        assert self._began is not None
        transfer.end = event["timestamp"] - self._began
