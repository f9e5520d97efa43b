"""Who gets what: every route of the server, and what each of `PEOPLE` is answered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Who asks: nobody, the owner of the attempt and the kernel, another member, and the duties.
PEOPLE = {
    "nobody": None,
    "owner": "M04",
    "other": "M05",
    "lecturer": "L01",
    "organizer": "O01",
    "administrator": "A01",
}
NONE_32 = "0" * 32
NO_KERNEL = "00000000-0000-0000-0000-000000000000"
ANSWER = {"response": "?", "event": "0" * 16, "seq": 1, "answered_at": "2026-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What each of `PEOPLE` is answered, in their order."""

    method: str
    path: str
    expected: tuple[int, ...]
    body: object = None

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"


def everyone(status: int) -> tuple[int, ...]:
    return (status,) * len(PEOPLE)


def members(status: int, *, nobody: int) -> tuple[int, ...]:
    return (nobody, *everyone(status)[1:])


def only_owner(status: int) -> tuple[int, ...]:
    """Another's attempt or kernel looks to everybody else as if it were not there."""
    return (401, status, 404, 404, 404, 404)


def organizers(status: int) -> tuple[int, ...]:
    """Pages for those who answer for branches; the others are told so."""
    return (302, 403, 403, 403, status, status)


def teachers(status: int) -> tuple[int, ...]:
    """Pages for those who write and review lessons."""
    return (302, 403, 403, status, 403, status)


PAGE, API = members(200, nobody=302), members(200, nobody=401)
NOT_THERE = members(404, nobody=401)
FOREIGN = (302, 403, 403, 403, 404, 200)  # a branch that is not in the organizer's care

# A lesson that is published and has no file here: nobody can write it.
NO_DRAFT_PAGE, NO_DRAFT = (302, 403, 403, 404, 403, 404), (401, 403, 403, 404, 403, 404)

TABLE: Mapping[str, list[Asked]] = {
    "": [Asked("GET", "", PAGE), Asked("POST", "", members(405, nobody=401))],
    "login": [
        Asked("GET", "login", members(302, nobody=200)),
        Asked("POST", "login", everyone(401), {"code": "{who}", "pin": "000111"}),
    ],
    "login/<token>": [
        Asked("GET", "login/nobody-has-this", everyone(404)),
        Asked("HEAD", "login/nobody-has-this", everyone(404)),
        Asked("POST", "login/nobody-has-this", everyone(404), {}),
    ],
    "logout": [Asked("GET", "logout", everyone(405))],  # POST: test_signin.py
    "lessons/<slug>": [
        Asked("GET", "lessons/fire", PAGE),
        Asked("HEAD", "lessons/fire", PAGE),
        Asked("GET", "lessons/draft", members(404, nobody=302)),
        Asked("POST", "lessons/fire", members(405, nobody=401), {}),
    ],
    "lessons/<slug>/live": [
        Asked("GET", "lessons/fire/live", members(404, nobody=302)),
        Asked("GET", "lessons/draft/live", members(404, nobody=302)),
    ],
    "media/<name>": [
        Asked("GET", "media/{picture}", PAGE),
        Asked("GET", f"media/{NONE_32}.svg", members(404, nobody=302)),
    ],
    "preview/<token>/": [  # with a pass: test_phone_preview.py
        Asked("GET", "preview/nobody-has-this/", everyone(404)),
        Asked("POST", "preview/nobody-has-this/", everyone(405), {}),
    ],
    "preview/<token>/files/<name>": [
        Asked("GET", "preview/nobody-has-this/files/weike.toml", everyone(404)),
    ],
    "preview/<token>/media/<name>": [
        Asked("GET", "preview/nobody-has-this/media/{picture}", everyone(404)),
    ],
    "preview/<token>/api/attempts": [
        Asked("POST", "preview/nobody-has-this/api/attempts", everyone(404), {"quiz": "fire/fire"}),
    ],
    "preview/<token>/api/attempts/<attempt>/answers/<item>": [
        Asked(
            "PUT",
            f"preview/nobody-has-this/api/attempts/{NONE_32}/answers/x",
            everyone(404),
            ANSWER,
        ),
    ],
    "preview/<token>/api/attempts/<attempt>/submit": [
        Asked("POST", f"preview/nobody-has-this/api/attempts/{NONE_32}/submit", everyone(404), {}),
    ],
    "me": [Asked("GET", "me", PAGE)],
    "me/pin": [
        Asked("GET", "me/pin", members(302, nobody=302)),
        Asked("POST", "me/pin", members(400, nobody=401), {}),
    ],
    "me/award": [
        Asked("GET", "me/award", members(302, nobody=302)),
        Asked("POST", "me/award", members(404, nobody=401), {"agree": "1"}),
    ],
    "rankings": [
        Asked("GET", "rankings", PAGE),
        Asked("GET", "rankings?format=xlsx", PAGE),
        Asked("POST", "rankings", members(405, nobody=401), {}),
    ],
    "rankings/<ranking>": [
        Asked("GET", f"rankings/{NONE_32}", members(404, nobody=302)),
        Asked("GET", "rankings/{draft}", members(404, nobody=302)),
        Asked("GET", "rankings/{posted}", PAGE),
        Asked("GET", "rankings/{posted}?format=csv", PAGE),
    ],
    "rankings/<ranking>/objections": [
        Asked("GET", "rankings/{posted}/objections", members(302, nobody=302)),
        Asked("POST", "rankings/{posted}/objections", members(400, nobody=401), {"text": " "}),
        Asked("POST", "rankings/{draft}/objections", members(404, nobody=401), {"text": "?"}),
    ],
    "me/training": [
        Asked("GET", "me/training", PAGE),
        Asked("GET", "me/training?format=xlsx", PAGE),
        Asked("GET", "me/training?format=exe", members(400, nobody=302)),
    ],
    "branches": [
        Asked("GET", "branches", PAGE),
        Asked("GET", "branches?period=never", members(400, nobody=302)),
    ],
    "teach": [
        Asked("GET", "teach", (302, 403, 403, 200, 403, 200)),
        Asked("POST", "teach", (401, 403, 403, 405, 403, 405), {}),
    ],
    "teach/bank": [  # what they do: test_bank.py
        Asked("GET", "teach/bank", (302, 403, 403, 200, 403, 200)),
        Asked("GET", "teach/bank?q=x&page=99", (302, 403, 403, 200, 403, 200)),
    ],
    "teach/bank/export": [
        Asked("GET", "teach/bank/export?bank=x", (302, 403, 403, 404, 403, 404)),
    ],
    "teach/bank/convert": [
        Asked("POST", "teach/bank/convert", (401, 403, 403, 400, 403, 400), {}),
    ],
    "teach/bank/move": [  # what it does: test_bank_versions.py
        Asked("GET", "teach/bank/move", (302, 403, 403, 400, 403, 400)),
        Asked("POST", "teach/bank/move", (401, 403, 403, 400, 403, 400), {}),
    ],
    "teach/bank/versions": [
        Asked("GET", "teach/bank/versions?bank=x", (302, 403, 403, 404, 403, 404)),
        Asked("POST", "teach/bank/versions", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/bank/question": [
        Asked("GET", "teach/bank/question?bank=x&item=y", (302, 403, 403, 404, 403, 404)),
        Asked("POST", "teach/bank/question", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/bank/new": [
        Asked("GET", "teach/bank/new?bank=x", (302, 403, 403, 404, 403, 404)),
        Asked("POST", "teach/bank/new", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/bank/template": [
        Asked("GET", "teach/bank/template", (302, 403, 403, 200, 403, 200)),
    ],
    "teach/bank/import": [  # what it does: test_bank_import.py
        Asked("GET", "teach/bank/import", (302, 403, 403, 200, 403, 200)),
        Asked("POST", "teach/bank/import", (401, 403, 403, 400, 403, 400), {}),
    ],
    "teach/bank/import/<token>": [
        Asked("GET", f"teach/bank/import/{'0' * 32}", (302, 403, 403, 404, 403, 404)),
        Asked("POST", f"teach/bank/import/{'0' * 32}", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/bank/import/<token>/rejected": [
        Asked("GET", f"teach/bank/import/{'0' * 32}/rejected", (302, 403, 403, 404, 403, 404)),
    ],
    "teach/bank/preview": [
        Asked("POST", "teach/bank/preview", (401, 403, 403, 400, 403, 400), {}),
    ],
    "teach/lessons/new": [
        Asked("GET", "teach/lessons/new", (302, 403, 403, 200, 403, 200)),
        Asked("POST", "teach/lessons/new", (401, 403, 403, 400, 403, 400), {}),
    ],
    "teach/lessons/banks": [
        Asked("GET", "teach/lessons/banks", (401, 403, 403, 200, 403, 200)),
        Asked("GET", "teach/lessons/banks?bank=../x.md", (401, 403, 403, 404, 403, 404)),
    ],
    "teach/lessons/bring": [
        Asked("POST", "teach/lessons/bring?name=a.exe", (401, 403, 403, 400, 403, 400), {}),
    ],
    "teach/lessons/<slug>/edit": [Asked("GET", "teach/lessons/fire/edit", NO_DRAFT_PAGE)],
    "teach/lessons/<slug>/document": [
        Asked("GET", "teach/lessons/fire/document", NO_DRAFT),
        Asked("PUT", "teach/lessons/fire/document", NO_DRAFT, {}),
    ],
    "teach/lessons/<slug>/history": [
        Asked("GET", "teach/lessons/fire/history", NO_DRAFT),
        Asked("POST", "teach/lessons/fire/history", NO_DRAFT, {}),
    ],
    "teach/lessons/<slug>/findings": [Asked("GET", "teach/lessons/fire/findings", NO_DRAFT)],
    "teach/lessons/<slug>/media": [
        Asked("POST", "teach/lessons/fire/media?name=a.png", NO_DRAFT, {})
    ],
    "teach/lessons/<slug>/draft": [Asked("GET", "teach/lessons/fire/draft", NO_DRAFT_PAGE)],
    "teach/lessons/<slug>/files/<name>": [
        Asked("GET", "teach/lessons/fire/files/lessons/fire/media/a.png", NO_DRAFT_PAGE),
        Asked("GET", "teach/lessons/fire/files/weike.toml", NO_DRAFT_PAGE),
    ],
    "teach/lessons/<slug>/draft/api/attempts": [
        Asked("POST", "teach/lessons/fire/draft/api/attempts", NO_DRAFT, {"quiz": "fire/fire"})
    ],
    "teach/lessons/<slug>/draft/api/attempts/<attempt>/answers/<item>": [
        Asked("PUT", f"teach/lessons/fire/draft/api/attempts/{NONE_32}/answers/x", NO_DRAFT, ANSWER)
    ],
    "teach/lessons/<slug>/draft/api/attempts/<attempt>/submit": [
        Asked("POST", f"teach/lessons/fire/draft/api/attempts/{NONE_32}/submit", NO_DRAFT, {})
    ],
    "teach/lessons/<slug>/phone": [Asked("GET", "teach/lessons/fire/phone", NO_DRAFT_PAGE)],
    "teach/lessons/<slug>/versions/<version>/phone": [
        Asked("GET", "teach/lessons/draft/versions/d1/phone", teachers(200)),
        Asked("GET", "teach/lessons/draft/versions/d2/phone", teachers(404)),
    ],
    "teach/lessons/<slug>/versions/<version>/try/": [
        Asked("GET", "teach/lessons/draft/versions/d1/try/", teachers(200)),
        Asked("GET", "teach/lessons/draft/versions/d2/try/", teachers(404)),
    ],
    "teach/lessons/<slug>/versions/<version>/try/kernel": [  # of a live one: test_attaching.py
        Asked("POST", "teach/lessons/draft/versions/d1/try/kernel", NO_DRAFT, {}),
    ],
    "teach/lessons/<slug>/versions/<version>/try/api/attempts": [
        Asked("POST", "teach/lessons/draft/versions/d1/try/api/attempts", NO_DRAFT, {"quiz": "x"}),
    ],
    "teach/lessons/<slug>/versions/<version>/try/api/attempts/<attempt>/answers/<item>": [
        Asked(
            "PUT",
            f"teach/lessons/draft/versions/d1/try/api/attempts/{NONE_32}/answers/x",
            NO_DRAFT,
            ANSWER,
        ),
    ],
    "teach/lessons/<slug>/versions/<version>/try/api/attempts/<attempt>/submit": [
        Asked(
            "POST",
            f"teach/lessons/draft/versions/d1/try/api/attempts/{NONE_32}/submit",
            NO_DRAFT,
            {},
        ),
    ],
    "teach/essays": [Asked("GET", "teach/essays", (302, 403, 403, 200, 403, 200))],
    "teach/essays/<slug>/<quiz>": [
        Asked("GET", "teach/essays/fire/fire", (302, 403, 403, 404, 403, 404)),
        Asked("POST", "teach/essays/fire/fire", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/reviews": [Asked("GET", "teach/reviews", teachers(200))],
    "teach/reviews/<id>": [  # with reviews: test_reviewing.py
        Asked("GET", f"teach/reviews/{NONE_32}", teachers(405)),
        Asked("POST", f"teach/reviews/{NONE_32}", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/lessons/<slug>": [
        Asked("GET", "teach/lessons/fire", teachers(200)),
        Asked("GET", "teach/lessons/none", teachers(404)),
    ],
    "teach/lessons/<slug>/preview": [
        Asked("POST", "teach/lessons/none/preview", (401, 403, 403, 400, 403, 400), {}),
    ],
    "lessons/<slug>/print/<name>.pdf": [  # printed: test_handouts.py
        Asked("GET", "lessons/none/print/outline.pdf", members(404, nobody=302)),
    ],
    "lessons/<slug>/print/<name>/": [
        Asked("GET", "lessons/none/print/outline/", members(404, nobody=302)),
        Asked("GET", "lessons/fire/print/handout-key/", members(404, nobody=302)),
    ],
    "lessons/<slug>/print/<name>/<number>.png": [
        Asked("GET", "lessons/none/print/outline/1.png", members(404, nobody=302)),
        Asked("GET", "lessons/fire/print/paper/1.png", members(404, nobody=302)),
    ],
    "teach/lessons/<slug>/print/<name>/": [
        Asked("GET", "teach/lessons/none/print/paper-key/", teachers(404)),
    ],
    "teach/lessons/<slug>/print/<name>/<number>.png": [
        Asked("GET", "teach/lessons/fire/print/paper/1.png?variant=Z", teachers(404)),
    ],
    "teach/lessons/<slug>/print/<name>.pdf": [
        Asked("GET", "teach/lessons/none/print/paper-key.pdf", teachers(404)),
        Asked("GET", "teach/lessons/fire/print/paper.pdf?variant=Z", teachers(404)),
    ],
    "teach/lessons/<slug>/publication": [
        Asked("POST", "teach/lessons/fire/publication", (401, 403, 403, 404, 403, 404), {}),
    ],
    "teach/lessons/<slug>/release": [
        Asked("GET", "teach/lessons/fire/release", (302, 403, 403, 404, 403, 200)),
        Asked("POST", "teach/lessons/fire/release", (401, 403, 403, 404, 403, 303), {}),
    ],
    "teach/lessons/<slug>/versions/<version>": [
        Asked("GET", "teach/lessons/draft/versions/d1", teachers(200)),
        Asked("GET", "teach/lessons/draft/versions/d2", teachers(404)),
    ],
    "teach/lessons/<slug>/versions/<version>/changes": [
        Asked("GET", "teach/lessons/fire/versions/f1/changes", teachers(200)),
        Asked("GET", "teach/lessons/draft/versions/d1/changes", teachers(404)),
    ],
    "teach/lessons/<slug>/versions/<version>/submission": [
        Asked(
            "POST",
            "teach/lessons/draft/versions/d1/submission",
            (401, 403, 403, 400, 403, 400),
            {},
        ),
    ],
    "organize": [
        Asked("GET", "organize", organizers(200)),
        Asked("GET", "organize?period=2026-Q3", organizers(200)),
        Asked("GET", "organize?period=never", organizers(400)),
        Asked("GET", "organize?branch=none", organizers(404)),
        Asked("GET", "organize?format=xlsx", organizers(200)),
        Asked("GET", "organize?format=csv", organizers(200)),
        Asked("GET", "organize?format=json", (401, 403, 403, 403, 200, 200)),
        Asked("GET", "organize?format=exe", organizers(400)),
        Asked("POST", "organize", (401, 403, 403, 403, 405, 405), {}),
    ],
    "organize/branches/<branch>": [
        Asked("GET", "organize/branches/{branch}", organizers(200)),
        Asked("GET", "organize/branches/{foreign}", (302, 403, 403, 403, 404, 200)),
        Asked("GET", f"organize/branches/{NONE_32}", organizers(404)),
    ],
    "organize/branches/<branch>/topics/<topic>": [
        Asked("GET", "organize/branches/{branch}/topics/%E6%B6%88%E9%98%B2", organizers(200)),
        Asked("GET", "organize/branches/{branch}/topics/none", organizers(404)),
        Asked("GET", "organize/branches/{foreign}/topics/-", organizers(404)),
    ],
    "organize/lessons/<slug>": [
        Asked("GET", "organize/lessons/fire", organizers(200)),
        Asked("GET", "organize/lessons/draft", organizers(404)),
        Asked("GET", "organize/lessons/fire?branch={foreign}", (302, 403, 403, 403, 404, 200)),
    ],
    "organize/quizzes/<slug>/<quiz>": [
        Asked("GET", "organize/quizzes/fire/fire", organizers(200)),
        Asked("GET", "organize/quizzes/fire/none", organizers(404)),
        Asked("GET", "organize/quizzes/draft/fire", organizers(404)),
        Asked("GET", "organize/quizzes/fire/fire?attempts=never", organizers(400)),
    ],
    "organize/quizzes/<slug>/<quiz>/items/<item>": [
        Asked("GET", "organize/quizzes/fire/fire/items/gauge", organizers(200)),
        Asked("GET", "organize/quizzes/fire/fire/items/none", organizers(404)),
    ],
    "organize/rescore/<slug>/<quiz>": [  # the steps: test_rescore.py
        Asked("GET", "organize/rescore/fire/fire", (302, 403, 403, 200, 200, 200)),
        Asked("GET", "organize/rescore/fire/fire?format=csv", (302, 403, 403, 200, 200, 200)),
        Asked("GET", "organize/rescore/fire/none", (302, 403, 403, 404, 404, 404)),
        Asked("GET", "organize/rescore/fire/fire?report=7", (302, 403, 403, 404, 404, 404)),
        Asked("POST", "organize/rescore/fire/fire", (401, 403, 403, 400, 400, 400), {}),
    ],
    "organize/dashboards": [
        Asked("GET", "organize/dashboards", organizers(200)),
        Asked("GET", "organize/dashboards?branch={foreign}", (302, 403, 403, 403, 404, 200)),
    ],
    "organize/dashboards/<name>": [  # with a kernel: test_dashboards.py
        Asked("GET", "organize/dashboards/none", organizers(404)),
        Asked("GET", "organize/dashboards/branches?period=never", organizers(400)),
        Asked("GET", "organize/dashboards/branches?branch=none", organizers(404)),
    ],
    "organize/unfinished": [
        Asked("GET", "organize/unfinished", organizers(200)),
        Asked("GET", "organize/unfinished?branch={foreign}", (302, 403, 403, 403, 404, 200)),
        Asked("GET", "organize/unfinished?format=csv", organizers(200)),
    ],
    "organize/files": [
        Asked("GET", "organize/files", organizers(200)),
        Asked("GET", "organize/files?period=2026-Q3", organizers(200)),
        Asked("GET", "organize/files?branch={foreign}", (302, 403, 403, 403, 404, 200)),
        Asked("POST", "organize/files", (401, 403, 403, 403, 405, 405), {}),
    ],
    "organize/files/<name>": [
        Asked("GET", "organize/files/figures.xlsx", organizers(200)),
        Asked("GET", "organize/files/report.pdf?names=1", organizers(200)),
        Asked("GET", "organize/files/training.xlsx", organizers(200)),
        Asked("GET", "organize/files/sessions.pdf", organizers(200)),
        Asked("GET", "organize/files/records.pdf", organizers(200)),
        *(
            Asked("GET", f"organize/files/{name}?branch={{foreign}}", FOREIGN)
            for name in ("figures.xlsx", "training.xlsx")
        ),
        Asked("GET", "organize/files/report.pdf?branch=none", organizers(404)),
        Asked("GET", "organize/files/report.pdf?period=never", organizers(400)),
        Asked("GET", "organize/files/report.exe", members(404, nobody=302)),
    ],
    "organize/files/posters/<slug>.png": [
        Asked("GET", "organize/files/posters/fire.png", organizers(200)),
        Asked("GET", "organize/files/posters/draft.png", organizers(400)),
    ],
    "organize/files/weeks/<week>.png": [
        Asked("GET", "organize/files/weeks/2001-W01.png", organizers(400)),
        Asked("GET", "organize/files/weeks/2001-W99.png", organizers(400)),
    ],
    "organize/assignments": [
        Asked("GET", "organize/assignments", organizers(200)),
        Asked("GET", "organize/assignments?format=csv", organizers(200)),
        Asked("GET", "organize/assignments?period=never", organizers(400)),
    ],
    "organize/assignments/new": [
        Asked("GET", "organize/assignments/new", organizers(200)),
        Asked("POST", "organize/assignments/new", (401, 403, 403, 403, 400, 400), {}),
    ],
    "organize/assignments/<id>": [
        Asked("GET", f"organize/assignments/{NONE_32}", organizers(404)),
        Asked("POST", f"organize/assignments/{NONE_32}", (401, 403, 403, 403, 404, 404), {}),
    ],
    "organize/excusals": [
        Asked("GET", "organize/excusals?who=M01", organizers(200)),
        Asked("GET", "organize/excusals?format=xlsx", organizers(200)),
        Asked("GET", f"organize/excusals?member={NONE_32}", organizers(404)),
        Asked("POST", "organize/excusals", (401, 403, 403, 403, 400, 400), {}),
    ],
    "organize/excusals/<id>": [
        Asked("GET", f"organize/excusals/{NONE_32}", organizers(405)),
        Asked("POST", f"organize/excusals/{NONE_32}", (401, 403, 403, 403, 404, 404), {}),
    ],
    "organize/overrides": [Asked("GET", "organize/overrides", organizers(200))],
    "organize/overrides/new": [
        Asked("GET", "organize/overrides/new?who=M", organizers(200)),
        Asked("GET", "organize/overrides/new?target={branch}", organizers(200)),
        Asked("GET", "organize/overrides/new?target={foreign}", (302, 403, 403, 403, 404, 200)),
        Asked("GET", f"organize/overrides/new?member={NONE_32}", organizers(404)),
    ],
    "organize/overrides/<id>": [
        Asked("POST", f"organize/overrides/{NONE_32}", (401, 403, 403, 403, 404, 404), {}),
    ],
    "organize/makeups": [Asked("GET", "organize/makeups", organizers(200))],
    "organize/makeups/new": [
        Asked("GET", "organize/makeups/new", organizers(200)),
        Asked("GET", "organize/makeups/new?quiz=fire/fire&branch={branch}", organizers(200)),
        Asked(
            "GET",
            "organize/makeups/new?quiz=fire/fire&branch={foreign}",
            (302, 403, 403, 403, 404, 200),
        ),
        Asked("GET", "organize/makeups/new?quiz=draft/fire", organizers(400)),
    ],
    "organize/makeups/<id>": [
        Asked("GET", f"organize/makeups/{NONE_32}", organizers(404)),
        Asked("POST", f"organize/makeups/{NONE_32}", (401, 403, 403, 403, 404, 404), {}),
    ],
    "organize/rankings": [
        Asked("GET", "organize/rankings", organizers(200)),
        Asked("GET", "organize/rankings?format=csv", organizers(200)),
        Asked("POST", "organize/rankings", (401, 403, 403, 403, 403, 303), {}),
    ],
    "organize/rankings/<ranking>": [
        Asked("GET", f"organize/rankings/{NONE_32}", organizers(404)),
        Asked("GET", "organize/rankings/{draft}", (302, 403, 403, 403, 404, 200)),
        Asked("GET", "organize/rankings/{posted}", organizers(200)),
        Asked("GET", "organize/rankings/{posted}?format=xlsx", organizers(200)),
        Asked("POST", "organize/rankings/{posted}", (401, 403, 403, 403, 403, 400), {"act": "?"}),
    ],
    "organize/rankings/<ranking>/inputs": [
        Asked("GET", "organize/rankings/{posted}/inputs", (302, 403, 403, 403, 403, 200)),
        Asked("GET", "organize/rankings/{draft}/inputs", (302, 403, 403, 403, 404, 200)),
    ],
    "api/attempts": [
        Asked("POST", "api/attempts", API, {"quiz": "fire/fire"}),
        Asked("POST", "api/attempts", NOT_THERE, {"quiz": "draft/fire"}),
        Asked("POST", "api/attempts", members(400, nobody=401), {"quiz": 7}),
        Asked("POST", "api/attempts", members(400, nobody=401), ["fire/fire"]),
        Asked("GET", "api/attempts", members(405, nobody=401)),
    ],
    "api/attempts/<attempt>/answers/<item>": [
        Asked("PUT", "api/attempts/{attempt}/answers/gauge", only_owner(400), ANSWER),
        Asked("PUT", "api/attempts/{attempt}/answers/no-item", members(404, nobody=401), ANSWER),
        Asked("PUT", f"api/attempts/{NONE_32}/answers/gauge", NOT_THERE, ANSWER),
        Asked("GET", "api/attempts/{attempt}/answers/gauge", members(405, nobody=401)),
    ],
    "api/attempts/<attempt>/submit": [
        Asked("POST", "api/attempts/{attempt}/submit", only_owner(200), {}),
        Asked("POST", f"api/attempts/{NONE_32}/submit", NOT_THERE, {}),
    ],
    "api/me": [Asked("GET", "api/me", API)],
    "api/branches": [
        Asked("GET", "api/branches", API),
        Asked("GET", "api/branches?period=2026-Q4", API),
        Asked("GET", "api/branches?period=never", members(400, nobody=401)),
    ],
    "api/lessons": [Asked("GET", "api/lessons", API)],
    "api/lessons/<slug>/place": [
        Asked("GET", "api/lessons/fire/place", API),
        Asked("POST", "api/lessons/fire/place", API, {"place": 2}),
        Asked("POST", "api/lessons/fire/place", members(400, nobody=401), {"place": "2"}),
        Asked("POST", "api/lessons/draft/place", NOT_THERE, {"place": 2}),
    ],
    "api/lessons/<slug>/finished": [
        Asked("POST", "api/lessons/read/finished", API, {}),
        Asked("POST", "api/lessons/draft/finished", NOT_THERE, {}),
    ],
    "api/lessons/<slug>/kernel": [  # by a member who touches something: test_attaching.py
        Asked("POST", "api/lessons/fire/kernel", NOT_THERE, {}),
        Asked("POST", "api/lessons/draft/kernel", NOT_THERE, {}),
    ],
    "static/weike/<name>": [
        Asked("GET", "static/weike/{asset}", everyone(200)),
        Asked("GET", "static/weike/weike.0000000000000000.js", everyone(404)),
    ],
    "healthz": [Asked("GET", "healthz", everyone(200)), Asked("HEAD", "healthz", everyone(200))],
    "metrics": [Asked("GET", "metrics", everyone(200))],  # from elsewhere: below
    "api/kernels/<kernel_id>": [
        Asked("GET", "api/kernels/{kernel}", only_owner(200)),
        Asked("GET", f"api/kernels/{NO_KERNEL}", NOT_THERE),
        Asked("DELETE", "api/kernels/{kernel}", only_owner(204)),
    ],
    "api/kernels/<kernel_id>/channels": [  # by the owner: test_live.py
        Asked("GET", "api/kernels/{kernel}/channels", (401, 400, 404, 404, 404, 404)),
        Asked("GET", f"api/kernels/{NO_KERNEL}/channels", NOT_THERE),
    ],
    "voila/api/shutdown/<kernel_id>": [
        Asked("POST", "voila/api/shutdown/{kernel}", only_owner(204), {}),
        Asked("POST", f"voila/api/shutdown/{NO_KERNEL}", NOT_THERE, {}),
    ],
    "voila/static/(.*)": [
        Asked("GET", "voila/static/voila.js", PAGE),
        Asked("GET", "voila/static/../../../../weike.toml", members(403, nobody=302)),
    ],
    "voila/templates/(.*)": [
        Asked("GET", "voila/templates/lab/static/voila.js", PAGE),
        Asked("GET", "voila/templates/lab/static/none.js", members(404, nobody=302)),
        Asked("GET", "voila/templates/lab/conf.json", members(404, nobody=302)),
        Asked("GET", "voila/templates/", members(404, nobody=302)),
    ],
    "voila/labextensions/(.*)": [
        Asked("GET", "voila/labextensions/anywidget/package.json", PAGE),
        Asked("GET", "voila/labextensions/none.js", members(404, nobody=302)),
    ],
    "voila/api/themes/(.*)": [
        Asked("GET", "voila/api/themes/@jupyterlab/theme-light-extension/index.css", PAGE),
        Asked("GET", "voila/api/themes/none.css", members(404, nobody=302)),
    ],
}
