"""Routes of those who answer for branches."""

from __future__ import annotations

from collections.abc import Mapping

from .asked import FOREIGN, NONE_32, Asked, members, organizers

TABLE: Mapping[str, list[Asked]] = {
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
}
