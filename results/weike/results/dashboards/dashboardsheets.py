"""The table beside each chart, where the organizers' pages have none of the same rows."""

from __future__ import annotations

import pandas as pd

from weike.quizzes.i18n import _, one_by_one
from weike.results.reporting.sheet import Column, Sheet


def history_sheet(frame: pd.DataFrame) -> Sheet:
    """`completion_history`: a row for each branch, a column for each day."""
    days = list(dict.fromkeys(frame["day"]))
    rows = []
    for _id, group in frame.groupby("branch", sort=False):
        shares = {
            day.isoformat(): share
            for day, share in zip(group["day"], group["completion"], strict=True)
        }
        rows.append({"path": group["path"].iloc[0], "name": group["name"].iloc[0]} | shares)
    return Sheet(
        name="completion",
        title=_("Completion over time"),
        columns=[
            Column(key="path", title=_("Branch")),
            *(Column(key=day.isoformat(), title=f"{day:%m-%d}", kind="share") for day in days),
        ],
        rows=rows,
        note=_("Completion at the end of each day, of what is assigned by now."),
    )


def topic_sheet(frame: pd.DataFrame) -> Sheet:
    """`topic_scores`: a row for each branch and topic, the weakest first."""
    rows = frame.sort_values(["facility", "path", "topic"], kind="stable").to_dict("records")
    return Sheet(
        name="topics",
        title=_("Topics"),
        columns=[
            Column(key="path", title=_("Branch")),
            Column(key="topic", title=_("Topic")),
            Column(key="facility", title=_("First answers right"), kind="share"),
            Column(key="answers", title=_("Answers given"), kind="count"),
            Column(key="n", title=_("People"), kind="count"),
        ],
        rows=[{str(key): value for key, value in row.items()} for row in rows],
        note=_("Shares of the points, first answers of first attempts."),
    )


def question_sheet(frame: pd.DataFrame) -> Sheet:
    """The rows of `Scope.lesson_items`, numbered as `charts.item_map` numbers them."""
    from weike.results.analysis.items import FLAGS

    rows = [
        {str(key): value for key, value in row.items()}
        | {"flags": one_by_one(_(FLAGS[key]) for key in row["flags"])}
        for row in frame.to_dict("records")
    ]
    return Sheet(
        name="questions",
        title=_("Questions"),
        columns=[
            Column(key="number", title=_("No."), kind="count"),
            Column(key="stem", title=_("Question")),
            Column(key="lesson", title=_("Lesson")),
            Column(key="n", title=_("Attempts"), kind="count"),
            Column(key="facility", title=_("Facility"), kind="share"),
            Column(key="discrimination", title=_("Discrimination"), kind="number"),
            Column(key="efficiency", title=_("Discriminative efficiency"), kind="number"),
            Column(key="flags", title=_("Remarks")),
        ],
        rows=rows,
        note=_("First attempts. An index of under 30 attempts is uncertain, under 10 is not told."),
    )


def lowest(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of branches that have no other one of the frame beneath them."""
    return frame[~frame["branch"].isin(set(frame["parent"].dropna()))]


def sheet_frame(sheet: Sheet) -> pd.DataFrame:
    """The rows of a sheet with points from 0 to 100 as shares of 1, as charts take them."""
    frame = pd.DataFrame(list(sheet.rows))
    for column in sheet.columns:
        if column.kind == "points" and len(frame):
            frame[column.key] = frame[column.key].astype(float) / 100
        elif column.kind == "share" and len(frame):
            frame[column.key] = frame[column.key].astype(float)
    return frame
