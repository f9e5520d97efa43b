"""Photos, slides, films and sounds as people's machines write them."""

from __future__ import annotations

import io
import wave

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject


def photo() -> bytes:
    """As a phone takes it: large, lying on its side, with the place it was taken at."""
    drawn = Image.new("RGB", (3024, 2268), (220, 226, 230))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((900, 400, 2100, 1900), fill=(200, 30, 30))
    pen.rectangle(
        (0, 0, 400, 400), fill=(0, 0, 200)
    )  # in the upper right corner once it is upright
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SECRETPHONE", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    data = io.BytesIO()
    drawn.save(data, "JPEG", quality=95, exif=exif)
    return data.getvalue()


PHOTO: FilePayload = {"name": "IMG_2041 灭火器.jpg", "mimeType": "image/jpeg", "buffer": photo()}


def pdf(*pages: list[str]) -> bytes:
    """Slides that were saved as PDF: pictures with a layer of words over them."""
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(960, 540)
        font = DictionaryObject(
            {NameObject("/" + key): NameObject("/" + value) for key, value in
             {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica"}.items()}
        )  # fmt: skip
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = StreamObject()
        text = " ".join(f"({line}) Tj T*" for line in lines)
        stream.set_data(f"BT /F1 32 Tf 40 TL 60 440 Td {text} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def film() -> bytes:
    """As a new phone codes it: H.265, as far as a container says it."""

    def box(kind: bytes, inside: bytes) -> bytes:
        return (8 + len(inside)).to_bytes(4, "big") + kind + inside

    said = box(b"stsd", bytes(7) + b"\1" + box(b"hvc1", bytes(16)))
    for kind in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        said = box(kind, said)
    return box(b"ftyp", b"isom") + said


def sound() -> bytes:
    """A tenth of a second of silence."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes([128]) * 800)
    return data.getvalue()


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "", "buffer": data}
