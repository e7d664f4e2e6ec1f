"""Images of a document: files below its folder, of a few kinds and not too large; nothing else is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

MAX_BYTES = 5_000_000
_KINDS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".svg": "svg"}
_BEGIN = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
MEDIA = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class LocalImage:
    """The bytes of an image, and the ending of its name."""

    data: bytes
    ending: str


def local_image(document: str, path: str) -> LocalImage | None:
    """The image at a path beside a document; None for what is not below its folder, or no image."""
    if not document or ":" in path or not path.strip():
        return None
    folder = Path(document).resolve().parent
    try:
        file = (folder / unquote(path)).resolve()
        kind = _KINDS.get(file.suffix.lower(), "")
        if (
            not kind
            or not file.is_relative_to(folder)
            or not file.is_file()
            or file.stat().st_size > MAX_BYTES
        ):
            return None
        data = file.read_bytes()
    except (OSError, ValueError):
        return None
    known = b"<svg" in data[:2000] if kind == "svg" else data.startswith(_BEGIN[kind])
    return LocalImage(data, kind) if known else None
