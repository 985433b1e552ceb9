"""Reads the size of an image from its header; the functions carry no imaging library."""

import struct
from typing import NamedTuple

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# Start-of-frame markers C0 to CF, but for three that mean other things.
_FRAME_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE_MARKERS = {0x01, *range(0xD0, 0xD8)}


class ImageSize(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


def image_size(image: bytes) -> ImageSize:
    """Return the size of a JPEG or PNG image.

    A JPEG's EXIF rotation is not looked at.

    Raises:
        ValueError: it is neither, or it ends before its size.
    """
    try:
        if image.startswith(_PNG):
            return ImageSize(*struct.unpack_from(">II", image, 16))
        if image.startswith(_JPEG):
            return _jpeg_size(image)
    except (struct.error, IndexError) as error:
        raise ValueError("the image ends before its size: upload it again") from error
    raise ValueError("the object is neither a JPEG nor a PNG image")


def media_type(image: bytes) -> str:
    """Return the content type by the image's first bytes, whatever it was uploaded as."""
    return "image/png" if image.startswith(_PNG) else "image/jpeg"


def _jpeg_size(image: bytes) -> ImageSize:
    position = len(_JPEG)
    while True:
        marker = image[position + 1]
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", image, position + 5)
            return ImageSize(width, height)
        position += 2
        if marker not in _STANDALONE_MARKERS:
            position += struct.unpack_from(">H", image, position)[0]
