"""The picture of a signature or a seal: a transparent PNG that its owner gives; the program never draws one."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from workflow.core.errors import Invalid
from workflow.core.filetype import PNG, detect_type

LARGEST_IMAGE_BYTES = 2 * 1024 * 1024
LARGEST_SIDE = 4000
POINTS_PER_INCH = 72
DOTS_PER_INCH = 300
"""What is taken where the picture does not say how many dots make an inch."""


def read_image(content: bytes) -> Image.Image:
    """Return the picture, with its transparency.

    :raises Invalid: when it is no PNG, is not transparent (NĐ 30/2020 Phụ lục I), or is too big.
    """
    if detect_type(content) != PNG:
        raise Invalid.of(image="Ảnh chữ ký, ảnh dấu phải là tệp PNG.")
    if len(content) > LARGEST_IMAGE_BYTES:
        raise Invalid.of(image=f"Ảnh lớn quá {LARGEST_IMAGE_BYTES // 1024 // 1024} MB. Hãy thu nhỏ ảnh.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            found = Image.open(io.BytesIO(content), formats=["PNG"])
            if max(found.size) > LARGEST_SIDE:
                raise Invalid.of(image=f"Ảnh quá {LARGEST_SIDE} điểm mỗi cạnh. Hãy thu nhỏ ảnh.")
            dots = found.info.get("dpi")
            picture = found.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise Invalid.of(image="Không đọc được ảnh PNG này; tệp hỏng. Hãy chọn tệp khác.") from error
    if picture.getchannel("A").getextrema() == (255, 255):
        raise Invalid.of(image="Ảnh không có nền trong suốt. Hãy dùng ảnh PNG nền trong suốt (NĐ 30/2020/NĐ-CP).")
    picture.info["dpi"] = dots
    return picture


def natural_size(picture: Image.Image) -> tuple[float, float]:
    """Return how wide and high the picture is on paper, in points: a seal is shown in its real size."""
    dots = picture.info.get("dpi") or (DOTS_PER_INCH, DOTS_PER_INCH)
    across, down = (float(each) if each and each > 1 else DOTS_PER_INCH for each in dots)
    return picture.width / across * POINTS_PER_INCH, picture.height / down * POINTS_PER_INCH
