"""From what users have to what the extension takes: views of uint8 [height, width, 3].

Nothing is copied that is an array already: views keep the strides of the caller's memory.
"""

import os

import numpy as np

from . import _core
from ._errors import ImageError, UsageError

SIDE = 224  # of the network's input


def is_path(item):
    return isinstance(item, (str, bytes, os.PathLike))


def is_pillow(item):
    return hasattr(item, "convert") and hasattr(item, "mode") and hasattr(item, "size")


def _where(index):
    return "the image" if index is None else f"image {index}"


def _check_bytes(array, what):
    if array.dtype == np.uint8:
        return
    if array.dtype.kind == "f":
        raise UsageError(
            f"{what} is {array.dtype}, expected uint8",
            "Give 8-bit pixels (0 to 255); input that is normalised already needs normalised=True "
            "and shape [n, 3, 224, 224]")
    raise UsageError(f"{what} is {array.dtype}, expected uint8",
                     "If all values are 0 to 255: images.astype(numpy.uint8)")


def _channels_last(array, axis, channels, what):
    """A view with channels as its last axis; axis: where they are if they come first."""
    first, last = array.shape[axis] == 3, array.shape[-1] == 3
    if channels not in (None, "first", "last"):
        raise UsageError(f'channels={channels!r}, expected "first", "last" or None')
    if channels is None:
        if first and last:
            raise UsageError(
                f"{what} has shape {array.shape}, whose channels may come first or last",
                'Say channels="first" or channels="last"')
        channels = "first" if first else "last"
    if not (first if channels == "first" else last):
        hint = ""
        if array.shape[-1] == 4:
            hint = "Leave out the alpha channel: image[..., :3]"
        elif array.shape[-1] == 1:
            hint = "Repeat the grey channel: numpy.repeat(image, 3, axis=-1)"
        lead = "[n, " if array.ndim == 4 else "["
        raise UsageError(
            f"{what} has shape {array.shape}, expected {lead}height, width, 3] or "
            f"{lead}3, height, width]", hint)
    return np.moveaxis(array, axis, -1) if channels == "first" else array


def view(item, index=None, channels=None):
    """uint8 [height, width, 3] of one image: an array, a Pillow image, or a file's name."""
    if is_path(item):
        pixels = np.empty((SIDE, SIDE, 3), np.uint8)
        try:
            _core.read_image(os.fsencode(item), pixels)
        except ImageError as error:
            raise ImageError(f"{_where(index)}: {error.message}", error.hint) from None
        return pixels
    if is_pillow(item):
        return np.asarray(item if item.mode == "RGB" else item.convert("RGB"))
    array = np.asarray(item)
    if array.ndim == 2:
        _check_bytes(array, _where(index))
        return np.broadcast_to(array[..., np.newaxis], array.shape + (3,))
    if array.ndim != 3:
        raise UsageError(f"{_where(index)} has shape {array.shape}, expected [height, width, 3] or "
                         "[3, height, width]")
    _check_bytes(array, _where(index))
    return _channels_last(array, 0, channels, _where(index))


class Images:
    """Any number of images, those that must be decoded or converted only when they are asked for."""

    def __init__(self, images, channels=None):
        if is_path(images) or is_pillow(images):
            images = [images]
        self._channels = channels
        if not isinstance(images, (list, tuple)):
            images = np.asarray(images)
            if images.ndim == 3:
                images = [images]
            elif images.ndim != 4:
                raise UsageError(
                    f"images have shape {images.shape}, expected [n, height, width, 3], "
                    "[n, 3, height, width], one image of three dimensions, or a list")
        if isinstance(images, np.ndarray):
            _check_bytes(images, "images")
            if len(images) or images.shape[-1] == 3 or images.shape[1] == 3:
                images = _channels_last(images, 1, channels, "images")
            self._channels = "last"
        self._items = images

    def __len__(self):
        return len(self._items)

    @property
    def lazy(self):
        """True if views() has work to do and makes copies."""
        return isinstance(self._items, (list, tuple)) and any(
            is_path(item) or is_pillow(item) for item in self._items)

    def view(self, index):
        return view(self._items[index], index, self._channels)


def normalised_input(images):
    """float32 [n, 3, 224, 224], contiguous; copied only if it is not."""
    array = np.asarray(images)
    if array.dtype != np.float32 or array.ndim != 4 or array.shape[1:] != (3, SIDE, SIDE):
        raise UsageError(
            f"normalised input is {array.dtype} {array.shape}, expected float32 "
            f"(n, 3, {SIDE}, {SIDE})")
    return np.ascontiguousarray(array)
