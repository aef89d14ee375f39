"""Encoders: a model, what to predict, where; and what comes out."""

import logging
import operator
import os
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from . import _core
from ._errors import ImageError, UsageError
from ._images import Images, normalised_input
from ._progress import reporter

_LAZY_CHUNK = 32  # images that are decoded, or converted, ahead of the network


def _words(value, what):
    """Words as on the command line: "a,b" of a string, a number, or any sequence of these."""
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bytes) or np.ndim(value) > 1:
        raise TypeError(f"{what}={value!r}, expected words, numbers or a sequence of them")
    words = []
    for item in [value] if np.ndim(value) == 0 else value:
        if isinstance(item, str):
            words.append(str(item))
        elif isinstance(item, (bool, np.bool_)):
            raise TypeError(f"{what}: {item!r} is neither a word nor a number")
        else:
            words.append(str(operator.index(item)))
    if not words:
        raise UsageError(f"{what} is empty", "Leave it out for all of them")
    return ",".join(words)


def _columns(vertices, count):
    """uint32 numbers of columns, from numbers or from a mask [count] of bool."""
    if vertices is None:
        return None
    array = np.asarray(vertices)
    if array.ndim != 1:
        raise UsageError(f"vertices have shape {array.shape}, expected one dimension")
    if array.dtype == np.bool_:
        if len(array) != count:
            raise UsageError(f"the mask of vertices has {len(array):,} items, "
                             f"expected one for each of the model's {count:,} vertices")
        array = np.flatnonzero(array)
    if not len(array):
        raise UsageError("vertices select nothing")
    if array.dtype.kind not in "iu":
        raise UsageError(f"vertices are {array.dtype}, expected column numbers (integers) or a "
                         "mask (bool)")
    if array.min() < 0 or array.max() >= count:
        outside = array.min() if array.min() < 0 else array.max()
        raise UsageError(f"vertex {outside} is none of the model's columns 0 to {count - 1}",
                         "Vertices are numbered as columns of the model's output; "
                         "model.grayordinates says which grayordinate each is")
    return np.ascontiguousarray(array, np.uint32)


def _threshold(value):
    """"test_n-avg:0.2" of that, or of a pair ("test_n-avg", 0.2)."""
    if value is None or isinstance(value, str):
        return value
    name, threshold = value
    return f"{name}:{float(threshold)!r}"


class Responses(dict):
    """Responses by subject: {"NSD-01": float32 [images, columns], ...}, in the order asked for.

    grayordinates, roi, groups: of each column (None without an atlas and with reduce);
    names: ROI of each column, or the name of each output of reduce.
    """

    def __init__(self, arrays, encoder):
        super().__init__(arrays)
        self._encoder = encoder

    grayordinates = property(lambda self: self._encoder.grayordinates)
    roi = property(lambda self: self._encoder.roi)
    groups = property(lambda self: self._encoder.groups)
    names = property(lambda self: self._encoder.names)

    def nested(self):
        """{"NaturalScenesDataset": {"sub-01": array}}, as MOSAIC and BERG name them.

        The bare array for a model of one readout without a subject.
        """
        result = {}
        for name, dataset, subject in self._encoder.targets:
            if not dataset:
                return self[name]
            result.setdefault(dataset, {})[subject] = self[name]
        return result

    def __repr__(self):
        shapes = ", ".join(f"{name!r}: float32 {list(array.shape)}" for name, array in self.items())
        return f"Responses({{{shapes}}})"


class Encoder:
    """Made by Model.encoder(). Call it with images, as often as you like, from any thread."""

    def __init__(self, model, *, subjects="all", roi=None, groups=None, vertices=None,
                 min_noise_ceiling=None, expand=False, reduce=None, device="auto", precision="fp32",
                 readout="auto", batch=None,
                 threads=None, normalised=False):
        self.normalised = bool(normalised)
        self._threads = threads
        self._core = _core.Encoder(
            model._core,
            subjects=_words(subjects, "subjects"),
            roi=_words(roi, "roi"),
            groups=_words(groups, "groups"),
            vertices=_columns(vertices, model.vertices),
            min_noise_ceiling=_threshold(min_noise_ceiling),
            expand=bool(expand),
            reduce=None if reduce is None else os.fsdecode(reduce),
            device=device,
            precision=precision,
            readout=readout,
            batch=0 if batch in (None, "auto") else operator.index(batch),
            threads=0 if threads is None else operator.index(threads),
            normalised=self.normalised,
            log=logging.getLogger("corticast").info)
        self.targets = self._core.targets()
        self._names = None

    @property
    def subjects(self):
        """Names of what is predicted, keys of the result: ["NSD-01", ...]."""
        return [name for name, _, _ in self.targets]

    @property
    def columns(self):
        return self._core.columns

    @property
    def batch(self):
        return self._core.batch

    @property
    def device(self):
        """What computes: "cpu (2 threads, avx512)"."""
        return self._core.device

    @property
    def grayordinates(self):
        """int32 [columns], of 91,282, read-only; None without an atlas and with reduce."""
        return self._core.grayordinates

    @property
    def groups(self):
        """uint8 [columns], Glasser group 1 to 22, read-only; None like grayordinates."""
        return self._core.groups

    @property
    def names(self):
        """str [columns]: ROI of each column, or the name of each output of reduce."""
        if self._names is None:
            self._names = np.array(self._core.names(), dtype=str)
        return self._names

    @property
    def roi(self):
        """str [columns], "L_V1"; None like grayordinates."""
        return None if self.grayordinates is None else self.names

    def __repr__(self):
        return (f"<corticast.Encoder: {', '.join(self.subjects)}; {self.columns:,} columns; "
                f"{self.device}>")

    def __call__(self, images, *, out=None, progress=False, channels=None):
        """Responses to images.

        images: uint8 [n, height, width, 3] or [n, 3, height, width]; one image of three dimensions; or
        a list of such images, Pillow images and names of files (jpg, png, bmp), of any sizes. A
        normalised encoder takes float32 [n, 3, 224, 224].
        out: {name: float32 [n, columns]} to write to (the array itself where there is one name).
        progress: True, or a function of (done, total), called after each batch; what it raises
        stops the call, as Ctrl-C does.
        channels: "first" or "last" where the shape leaves that open.
        """
        report = reporter(progress)
        if self.normalised:
            pixels = normalised_input(images)
            arrays = self._arrays(out, len(pixels))
            self._core.encode_normalised(pixels, list(arrays.values()), report)
            return Responses(arrays, self)
        images = Images(images, channels)
        arrays = self._arrays(out, len(images))
        if images.lazy:
            self._in_chunks(images, arrays, report)
        else:
            views = [images.view(index) for index in range(len(images))]
            self._core.encode_images(views, list(arrays.values()), report)
        return Responses(arrays, self)

    def _in_chunks(self, images, arrays, report):
        """A chunk is decoded while the one before is computed."""
        total = len(images)
        chunk = -(-_LAZY_CHUNK // self.batch) * self.batch
        with ThreadPoolExecutor(self._threads or len(os.sched_getaffinity(0))) as pool:
            def prepare(first):
                numbers = range(first, min(first + chunk, total))
                return [pool.submit(images.view, number) for number in numbers]

            ahead = prepare(0)
            try:
                for first in range(0, total, chunk):
                    views = [future.result() for future in ahead]
                    ahead = prepare(first + chunk)
                    part = slice(first, first + len(views))
                    shifted = report and (lambda done, _: report(first + done, total))
                    try:
                        self._core.encode_images(
                            views, [array[part] for array in arrays.values()], shifted)
                    except ImageError as error:  # counted from the chunk's first
                        raise ImageError(
                            re.sub(r"\bimage (\d+)", lambda at: f"image {int(at[1]) + first}",
                                   error.message, count=1), error.hint) from None
            finally:
                for future in ahead:
                    future.cancel()

    def _arrays(self, out, images):
        shape = (images, self.columns)
        if out is None:
            return {name: np.empty(shape, np.float32) for name in self.subjects}
        if isinstance(out, np.ndarray) and len(self.targets) == 1:
            out = {self.subjects[0]: out}
        if not isinstance(out, dict) or set(out) != set(self.subjects):
            raise UsageError(f"out holds {sorted(out) if isinstance(out, dict) else type(out).__name__}"
                             f", expected one array for each of {self.subjects}")
        for name, array in out.items():
            if not isinstance(array, np.ndarray) or array.dtype != np.float32 or (
                    array.shape != shape or not array.flags.c_contiguous
                    or not array.flags.writeable):
                raise UsageError(f"out[{name!r}] must be a writeable, contiguous float32 array of "
                                 f"shape {shape}")
        return {name: out[name] for name in self.subjects}
