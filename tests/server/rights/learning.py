"""Routes of everybody: signing in, lessons, previews by a pass, the own record, the boards."""

from __future__ import annotations

from collections.abc import Mapping

from .asked import (
    ANSWER,
    API,
    NO_KERNEL,
    NONE_32,
    NOT_THERE,
    PAGE,
    Asked,
    everyone,
    members,
    only_owner,
)

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
