"""Routes of those who write and review lessons."""

from __future__ import annotations

from collections.abc import Mapping

from .asked import ANSWER, NO_DRAFT, NO_DRAFT_PAGE, NONE_32, Asked, teachers

TABLE: Mapping[str, list[Asked]] = {
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
}
