"""Draw `media/pass.mp4`, the four steps with an extinguisher, frame by frame.

Run it again after a change of wording: `python lessons/fire/draw_video.py`.
It needs `rsvg-convert`, `ffmpeg` and a Chinese font on the machine that draws.
Nothing is spoken, so every sentence is in the picture and in `media/pass.vtt`.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MEDIA = Path(__file__).parent / "media"
WIDTH, HEIGHT, FPS = 640, 480, 12
SCENES = (  # seconds, highlighted step, sentence
    (2.5, "", "用灭火器，记住四个字"),
    (5.0, "提", "提起灭火器，站到上风处"),
    (5.0, "拔", "拔掉保险销，这时不捏压把"),
    (5.0, "握", "握住喷管，对准火焰根部"),
    (6.0, "压", "压下压把，左右扫，慢慢靠近"),
    (3.5, "", "火灭了也别转身，防止复燃"),
)
POSTER_AT = 19.5

PAPER, INK, LINE = "#f7f4ec", "#22313f", "#d8d2c2"
RED, AMBER, GREEN, STEEL, SKIN, BLUE = (
    "#c4452f",
    "#e2a02c",
    "#3c8a5e",
    "#7f8f9a",
    "#e3b68f",
    "#2f6c9c",
)


def eased(time: float, start: float, end: float) -> float:
    """How far a movement between two seconds has come, 0 to 1, slow at both ends."""
    x = min(1.0, max(0.0, (time - start) / (end - start)))
    return x * x * (3 - 2 * x)


def starts() -> tuple[float, ...]:
    begun = [0.0]
    for seconds, _step, _sentence in SCENES:
        begun.append(begun[-1] + seconds)
    return tuple(begun)


def scene_at(time: float) -> int:
    return max(n for n, begun in enumerate(starts()[:-1]) if begun <= time)


def words(time: float) -> Iterator[str]:
    _seconds, current, sentence = SCENES[scene_at(time)]
    for n, step in enumerate("提拔握压"):
        x, active = 152 + n * 112, step == current or not current
        yield f'<circle cx="{x}" cy="58" r="38" fill="{RED if active else "#e6e0d1"}"/>'
        yield (
            f'<text x="{x}" y="73" font-size="42" font-weight="bold" text-anchor="middle"'
            f' fill="{"#fff" if active else STEEL}">{step}</text>'
        )
    yield f'<rect y="410" width="{WIDTH}" height="70" fill="{INK}"/>'
    yield f'<text x="320" y="457" font-size="35" text-anchor="middle" fill="#fff">{sentence}</text>'


def extinguisher(time: float) -> Iterator[str]:
    _, lift, pull, aim, press, _, _ = starts()
    x, y = 170, 386 - 46 * eased(time, lift + 1, lift + 2.6)
    yield f'<g transform="translate({x} {y:.1f})">'
    swing = eased(time, aim + 0.8, aim + 2.6)
    tip_x, tip_y = 52 + 54 * swing, -40 - 92 * swing
    bend = 66 - 20 * swing
    yield (
        f'<path d="M10 -178C{bend:.1f} -196 {bend + 14:.1f} -120 {tip_x:.1f} {tip_y:.1f}"'
        f' fill="none" stroke="{INK}" stroke-width="11" stroke-linecap="round"/>'
    )
    turn = 86 - 66 * swing
    yield (
        f'<path d="M-4 -9L40 -13V13L-4 9Z" fill="{INK}"'
        f' transform="translate({tip_x:.1f} {tip_y:.1f}) rotate({turn:.1f})"/>'
    )
    if swing:
        yield (
            f'<circle cx="{tip_x:.1f}" cy="{tip_y:.1f}" r="17" fill="{SKIN}"'
            f' opacity="{swing:.2f}"/>'
        )
    yield f'<rect x="-46" y="-158" width="92" height="158" rx="24" fill="{RED}"/>'
    yield '<rect x="-46" y="-104" width="92" height="40" fill="#f0e2d4"/>'
    yield f'<rect x="-18" y="-182" width="36" height="28" rx="5" fill="{STEEL}"/>'
    yield f'<circle cx="-22" cy="-166" r="11" fill="#fff" stroke="{GREEN}" stroke-width="6"/>'
    yield f'<path d="M-6 -186H-70" stroke="{INK}" stroke-width="11" stroke-linecap="round"/>'
    held = 15 * eased(time, press + 0.6, press + 1.1) * (1 - eased(time, press + 5.4, press + 5.9))
    yield (
        f'<path d="M-4 -194L-72 {-216 + held:.1f}" stroke="{INK}" stroke-width="11"'
        ' stroke-linecap="round"/>'
    )
    out = eased(time, pull + 1.2, pull + 3)
    if out < 1:
        yield (
            f'<g transform="translate({46 * out:.1f} {-34 * out:.1f})" opacity="{1 - out**4:.2f}">'
            f'<path d="M-22 -196H10" stroke="{AMBER}" stroke-width="6" stroke-linecap="round"/>'
            f'<circle cx="24" cy="-196" r="13" fill="none" stroke="{AMBER}" stroke-width="6"/></g>'
        )
    grip = eased(time, lift + 0.2, lift + 0.9)
    yield (
        f'<g opacity="{grip:.2f}"><path d="M-205 -162L-62 -184" stroke="{BLUE}"'
        f' stroke-width="34" stroke-linecap="round"/><circle cx="-52" cy="-188" r="20"'
        f' fill="{SKIN}"/></g></g>'
    )


def fire(time: float) -> Iterator[str]:
    press = starts()[4]
    size = 1 - eased(time, press + 2, press + 5.2)
    yield '<rect x="430" y="378" width="160" height="26" rx="5" fill="#8a6a48"/>'
    for n, (dx, scale) in enumerate(((-44, 0.8), (44, 0.85), (0, 1.15))):
        flicker = 1 + 0.07 * math.sin(time * 9 + n * 2)
        tall = 1.55 * scale * size * flicker
        if tall < 0.02:
            continue
        wide = 1.3 * scale * size
        yield f'<g transform="translate({510 + dx} 386) scale({wide:.3f} {tall:.3f})">'
        yield (
            f'<path fill="{RED}" d="M0 0C-34 0-40-30-26-52C-22-40-16-38-14-36C-20-62-2-84 8-96'
            'C6-74 22-66 26-50C30-56 30-62 30-66C44-44 40 0 0 0Z"/>'
        )
        yield (
            f'<path fill="{AMBER}" d="M0 0C-20 0-24-18-14-34C-10-26-6-28-6-28C-8-44 4-56 8-62'
            'C8-46 20-38 20-22C20-8 14 0 0 0Z"/></g>'
        )


def spray(time: float) -> Iterator[str]:
    press = starts()[4]
    if not press + 1 < time < press + 5.7:
        return
    sweep = 34 * math.sin((time - press) * 3.2)
    yield (
        f'<path d="M316 222L{470 + sweep:.1f} 352L{448 + sweep:.1f} 402H{546 + sweep:.1f}'
        f'L{560 + sweep:.1f} 360Z" fill="#c9d6de" opacity=".85"/>'
    )
    for n in range(9):
        x = 450 + sweep + n * 13 + 5 * math.sin(time * 7 + n)
        y, r = 392 - 8 * math.sin(n * 1.7 + time * 5), 11 + n % 3 * 4
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="#dfe7ec"/>'


def frame(time: float) -> str:
    parts = (*fire(time), *spray(time), *extinguisher(time), *words(time))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="Noto Sans CJK SC, Noto Sans SC, sans-serif">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect y="402" width="{WIDTH}" height="8" fill="{LINE}"/>{"".join(parts)}</svg>'
    )


def run(*command: str, given: bytes | None = None) -> None:
    subprocess.run(command, input=given, check=True)  # noqa: S603 — every word is written here


def paint(time: float, target: Path) -> None:
    run("rsvg-convert", "--output", str(target), given=frame(time).encode())


def captions() -> str:
    def clock(seconds: float) -> str:
        return f"00:{seconds:06.3f}"

    begun = starts()
    cues = (
        f"{clock(begun[n])} --> {clock(begun[n + 1])}\n{step + '：' if step else ''}{sentence}\n"
        for n, (_seconds, step, sentence) in enumerate(SCENES)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def main() -> None:
    (MEDIA / "pass.vtt").write_text(captions(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        times = [n / FPS for n in range(round(starts()[-1] * FPS))]
        targets = [Path(folder) / f"{n:04}.png" for n in range(len(times))]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(paint, times, targets))
        shutil.copy(targets[round(POSTER_AT * FPS)], MEDIA / "pass.png")
        frames = ("-framerate", str(FPS), "-i", f"{folder}/%04d.png")
        small = ("-c:v", "libx264", "-preset", "veryslow", "-crf", "28", "-tune", "animation")
        phones = ("-pix_fmt", "yuv420p", "-profile:v", "main", "-movflags", "+faststart")
        film = str(MEDIA / "pass.mp4")
        run("ffmpeg", "-loglevel", "error", "-y", *frames, *small, *phones, film)


if __name__ == "__main__":
    main()
