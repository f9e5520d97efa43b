"""Every address that this server answers. What is not listed here does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tornado.websocket import WebSocketHandler
from voila.app import Voila  # type: ignore[import-untyped]

from weike.server.base import Api
from weike.server.composing import Trying
from weike.server.drawing import Drawing
from weike.server.handlers import (
    api,
    branches,
    forward,
    handouts,
    home,
    lesson,
    live,
    me,
    passed,
    plain,
    rankings,
    signin,
    training,
)
from weike.server.handlers.organize import (
    assignments,
    branch,
    dashboards,
    excusals,
    files,
    items,
    lessons,
    makeups,
    overrides,
    overview,
    rescore,
    topics,
    unfinished,
)
from weike.server.handlers.organize import rankings as ranked
from weike.server.handlers.teach import (
    bank,
    bankimport,
    bankmove,
    bankversions,
    compose,
    compose_media,
    compose_preview,
    essays,
    onelesson,
    phone,
    preview,
    question,
    release,
    reviews,
    trying,
    versions,
)
from weike.server.handlers.teach import lessons as taught

SLUG = r"(?P<slug>[a-z0-9][a-z0-9-]{0,63})"
ATTEMPT = r"(?P<attempt>[0-9a-f-]{32,36})"
ITEM = r"(?P<item>[^/]{1,300})"
BRANCH = r"(?P<branch>[^/]{1,64})"
QUIZ = r"(?P<quiz>[^/]{1,300})"
RANKING = r"(?P<ranking>[0-9a-f]{32})"
VERSION = r"(?P<version>[0-9a-z]{1,64})"
DECISION = r"(?P<id>[0-9a-f]{32})"
UPLOAD = r"(?P<token>[0-9a-f]{32})"
TICKET = r"(?P<token>[A-Za-z0-9_-]{8,128})"
KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"

MEDIA = r"media/(?P<name>[0-9a-f]{32})\.[a-z0-9]{1,8}"
TRIED = f"teach/lessons/{SLUG}/versions/{VERSION}"

Route = tuple[str, type, dict[str, Any]]


def routes(app: Voila) -> Sequence[Route]:
    """(pattern, handler, arguments), patterns without the path prefix."""
    return [
        # First what thousands ask for within a minute: each pattern before it would be tried, too.
        (f"lessons/{SLUG}", lesson.Lesson, {}),
        ("api/attempts", api.Attempts, {}),
        (f"api/attempts/{ATTEMPT}/answers/{ITEM}", api.Answer, {}),
        (f"api/attempts/{ATTEMPT}/submit", api.Submit, {}),
        (f"api/lessons/{SLUG}/place", api.Place, {}),
        ("", home.Home, {}),
        ("login", signin.Login, {}),
        (f"login/{TICKET}", signin.Link, {}),
        ("logout", signin.Logout, {}),
        (f"lessons/{SLUG}/live", live.Live, {}),
        (rf"lessons/{SLUG}/print/{handouts.DOCUMENT}\.pdf", handouts.Handout, {}),
        (f"lessons/{SLUG}/print/{handouts.DOCUMENT}/", handouts.HandoutPictures, {}),
        (
            f"lessons/{SLUG}/print/{handouts.DOCUMENT}/{handouts.NUMBER}",
            handouts.HandoutPictures,
            {},
        ),
        (MEDIA, lesson.MediaFile, {}),
        # Previews, for whoever holds a pass.
        (f"preview/{TICKET}/", passed.PassedPage, {}),
        (f"preview/{TICKET}/files/(?P<name>.{{1,600}})", passed.PassedFile, {}),
        (f"preview/{TICKET}/{MEDIA}", passed.PassedMedia, {}),
        (f"preview/{TICKET}/api/attempts", passed.PassedAttempts, {}),
        (f"preview/{TICKET}/api/attempts/{ATTEMPT}/answers/{ITEM}", passed.PassedAnswer, {}),
        (f"preview/{TICKET}/api/attempts/{ATTEMPT}/submit", passed.PassedSubmit, {}),
        ("me", me.Me, {}),
        ("me/pin", me.Pin, {}),
        ("me/training", training.Training, {}),
        ("me/award", rankings.Award, {}),
        ("branches", branches.Page, {}),
        ("rankings", rankings.All, {}),
        (f"rankings/{RANKING}", rankings.One, {}),
        (f"rankings/{RANKING}/objections", rankings.Objections, {}),
        # For those who write lessons.
        ("teach", taught.Lessons, {}),
        ("teach/lessons/new", compose.New, {}),
        ("teach/lessons/banks", compose.Banks, {}),
        ("teach/lessons/bring", compose_media.Bring, {}),
        (f"teach/lessons/{SLUG}/edit", compose.Edit, {}),
        (f"teach/lessons/{SLUG}/document", compose.Document, {}),
        (f"teach/lessons/{SLUG}/history", compose.History, {}),
        (f"teach/lessons/{SLUG}/findings", compose.Findings, {}),
        (f"teach/lessons/{SLUG}/media", compose_media.MediaOf, {}),
        (f"teach/lessons/{SLUG}/draft", compose_preview.Page, {}),
        (f"teach/lessons/{SLUG}/files/(?P<name>.{{1,600}})", compose_preview.File, {}),
        (f"teach/lessons/{SLUG}/draft/api/attempts", compose_preview.Attempts, {}),
        (
            f"teach/lessons/{SLUG}/draft/api/attempts/{ATTEMPT}/answers/{ITEM}",
            compose_preview.Answer,
            {},
        ),
        (
            f"teach/lessons/{SLUG}/draft/api/attempts/{ATTEMPT}/submit",
            compose_preview.Submit,
            {},
        ),
        (f"teach/lessons/{SLUG}/phone", phone.FilePhone, {}),
        ("teach/bank", bank.Bank, {}),
        ("teach/bank/export", bank.Export, {}),
        ("teach/bank/convert", bank.Convert, {}),
        ("teach/bank/move", bankmove.MoveQuestions, {}),
        ("teach/bank/versions", bankversions.BankVersions, {}),
        ("teach/bank/question", question.QuestionPage, {}),
        ("teach/bank/new", question.NewQuestion, {}),
        ("teach/bank/preview", preview.Preview, {}),
        ("teach/reviews", reviews.Reviews, {}),
        (f"teach/reviews/{DECISION}", reviews.OneReview, {}),
        (f"teach/lessons/{SLUG}", onelesson.OneLesson, {}),
        (f"teach/lessons/{SLUG}/preview", onelesson.Preview, {}),
        (rf"teach/lessons/{SLUG}/print/{handouts.WITH_KEY}\.pdf", handouts.WithKey, {}),
        (f"teach/lessons/{SLUG}/print/{handouts.WITH_KEY}/", handouts.WithKeyPictures, {}),
        (
            f"teach/lessons/{SLUG}/print/{handouts.WITH_KEY}/{handouts.NUMBER}",
            handouts.WithKeyPictures,
            {},
        ),
        (f"teach/lessons/{SLUG}/publication", onelesson.Publication, {}),
        (f"teach/lessons/{SLUG}/release", release.Release, {}),
        (f"teach/lessons/{SLUG}/versions/{VERSION}", versions.Version, {}),
        (f"teach/lessons/{SLUG}/versions/{VERSION}/changes", versions.Changes, {}),
        (f"teach/lessons/{SLUG}/versions/{VERSION}/submission", versions.Submission, {}),
        (f"{TRIED}/phone", phone.VersionPhone, {}),
        (f"{TRIED}/try/", trying.TryVersion, {}),
        (f"{TRIED}/try/kernel", trying.TryKernel, {}),
        (f"{TRIED}/try/api/attempts", trying.TryAttempts, {}),
        (f"{TRIED}/try/api/attempts/{ATTEMPT}/answers/{ITEM}", trying.TryAnswer, {}),
        (f"{TRIED}/try/api/attempts/{ATTEMPT}/submit", trying.TrySubmit, {}),
        ("teach/bank/template", bankimport.Template, {}),
        ("teach/bank/import", bankimport.Import, {}),
        (f"teach/bank/import/{UPLOAD}", bankimport.Report, {}),
        (f"teach/bank/import/{UPLOAD}/rejected", bankimport.Rejected, {}),
        ("teach/essays", essays.Essays, {}),
        (f"teach/essays/{SLUG}/{QUIZ}", essays.Essay, {}),
        # For those who answer for branches.
        ("organize", overview.Overview, {}),
        (f"organize/branches/{BRANCH}", branch.BranchPage, {}),
        (f"organize/branches/{BRANCH}/topics/(?P<topic>[^/]{{1,900}})", topics.TopicPage, {}),
        (f"organize/lessons/{SLUG}", lessons.LessonPage, {}),
        (f"organize/quizzes/{SLUG}/{QUIZ}", items.QuizPage, {}),
        (f"organize/quizzes/{SLUG}/{QUIZ}/items/{ITEM}", items.ItemPage, {}),
        ("organize/dashboards", dashboards.Dashboards, {}),
        (f"organize/dashboards/{dashboards.NAME}", dashboards.Dashboard, {}),
        (f"organize/rescore/{SLUG}/{QUIZ}", rescore.Rescore, {}),
        ("organize/unfinished", unfinished.Unfinished, {}),
        ("organize/files", files.Files, {}),
        (f"organize/files/{files.FILE}", files.BranchFile, {}),
        (rf"organize/files/posters/{SLUG}\.png", files.LessonPoster, {}),
        (rf"organize/files/weeks/{files.WEEK}\.png", files.WeekPoster, {}),
        ("organize/rankings", ranked.Rankings, {}),
        (f"organize/rankings/{RANKING}", ranked.One, {}),
        (f"organize/rankings/{RANKING}/inputs", ranked.Stored, {}),
        ("organize/assignments", assignments.Assignments, {}),
        ("organize/assignments/new", assignments.NewAssignment, {}),
        (f"organize/assignments/{DECISION}", assignments.OneAssignment, {}),
        ("organize/excusals", excusals.Excusals, {}),
        (f"organize/excusals/{DECISION}", excusals.OneExcusal, {}),
        ("organize/overrides", overrides.Overrides, {}),
        ("organize/overrides/new", overrides.NewOverride, {}),
        (f"organize/overrides/{DECISION}", overrides.OneOverride, {}),
        ("organize/makeups", makeups.Makeups, {}),
        ("organize/makeups/new", makeups.NewMakeup, {}),
        (f"organize/makeups/{DECISION}", makeups.OneMakeup, {}),
        ("api/me", api.Me, {}),
        ("api/branches", branches.Data, {}),
        ("api/lessons", api.Lessons, {}),
        (f"api/lessons/{SLUG}/finished", api.Finished, {}),
        (r"static/weike/(?P<name>weike\.[0-9a-f]{16}\.(?:css|js))", plain.Static, {}),
        ("healthz", plain.Health, {}),
        ("metrics", plain.Metrics, {}),
        # For the live part of a lesson: Voilà's own page, and one kernel of one member.
        (f"api/lessons/{SLUG}/kernel", live.Attach, {}),
        (f"api/kernels/{KERNEL}", live.Kernel, {}),
        (f"api/kernels/{KERNEL}/channels", live.Channels, {}),
        (f"voila/api/shutdown/{KERNEL}", live.Shutdown, {}),
        (r"voila/static/(.*)", live.VoilaStatic, {"paths": app.static_paths}),
        (r"voila/templates/(.*)", live.VoilaTemplate, {}),
        (
            r"voila/labextensions/(.*)",
            live.Extension,
            {"path": app.labextensions_path, "no_cache_paths": []},
        ),
        (
            r"voila/api/themes/(.*)",
            live.Theme,
            {
                "themes_url": "/voila/api/themes",
                "path": app.themes_dir,
                "labextensions_path": app.labextensions_path,
                "no_cache_paths": [],
            },
        ),
    ]


def passed_on(listed: Sequence[Route]) -> Sequence[Route]:
    """The same addresses in a process without kernels: what needs one goes to that which has it.

    So does what stands in that one's memory only, such as the quizzes that a lecturer tries.
    """
    return [(pattern, *_passed_on(handler, arguments)) for pattern, handler, arguments in listed]


def _passed_on(handler: type, arguments: dict[str, Any]) -> tuple[type, dict[str, Any]]:
    if issubclass(handler, WebSocketHandler):
        return forward.ForwardChannels, {}
    if issubclass(handler, live.OwnKernel | live.Attach):
        return forward.ForwardApi, {}
    if issubclass(handler, passed.Passing):
        return forward.ForwardOpenApi if issubclass(handler, Api) else forward.ForwardOpen, {}
    if issubclass(handler, Trying):
        return forward.ForwardApi if issubclass(handler, Api) else forward.Forward, {}
    if issubclass(handler, Drawing):
        return forward.Forward, {}
    return handler, arguments
