"""Models: what a file holds, and encoders made from it."""

import os

import numpy as np

from . import _core
from ._encoder import Encoder


class Model:
    """An opened model file: its header is checked; weights are read when an encoder needs them.

    May be shared by threads. Arrays that it gives are read-only views.
    """

    def __init__(self, path):
        self.path = os.fspath(path)
        self._core = _core.Model(os.fsencode(path))
        self._roi = None
        self._metadata = None

    id = property(lambda self: self._core.id, doc="Name of the model.")
    hash = property(lambda self: self._core.hash, doc="Of everything in the file, 64 hex digits.")
    vertex_set = property(lambda self: self._core.vertex_set, doc='"all", "visual" or "none".')
    untrained = property(lambda self: self._core.untrained,
                         doc="True: synthetic weights, whose responses are no predictions.")
    multihead = property(lambda self: self._core.multihead,
                         doc="False: one readout, results without subjects.")
    channels = property(lambda self: self._core.channels, doc="Of the network.")
    vertices = property(lambda self: self._core.vertices, doc="How many it predicts.")
    subjects = property(lambda self: self._core.subjects, doc='["NSD-01", ...].')
    grayordinates = property(
        lambda self: self._core.grayordinates,
        doc="int32 [vertices], which of the 91,282 each is, ascending; None without an atlas.")

    @property
    def roi(self):
        """str [vertices], "L_V1": for masks such as model.roi == "L_V1"; None without an atlas."""
        if self._roi is None and self.grayordinates is not None:
            names = np.array([name for name, _ in _core.areas()], dtype=str)
            self._roi = names[self._core.labels() - 1]
            self._roi.flags.writeable = False
        return self._roi

    @property
    def groups(self):
        """uint8 [vertices], Glasser group 1 to 22; None without an atlas."""
        if self.grayordinates is None:
            return None
        return np.array([group for _, group in _core.areas()], np.uint8)[self._core.labels() - 1]

    @property
    def metadata(self):
        """What the file knows of its subjects, by name: {"NSD-01": {...}, ...}.

        Of each the names that BERG gives: facts ("age", "sex", ...) as text, "filenames" and other
        lists of stimuli, "train_idx", "test_idx" and "reps" (-1: unknown) as int64,
        "test_n-avg_noiseceiling" and others as float32 [91,282]; what the file does not hold is not
        there. Singlehead models without a subject: {"readout": {...}}.
        """
        if self._metadata is None:
            known = {}
            names = self.subjects or ["readout"]
            for name, parts in zip(names, _core.known_subjects(os.fsencode(self.path))):
                facts, ceilings, texts, numbers = parts
                lists = {key: np.array(values, dtype=object) for key, values in texts.items()}
                own = known[name] = {**facts, **lists, **numbers}
                own.update({f"{key}_noiseceiling": values for key, values in ceilings.items()})
            self._metadata = known
        return self._metadata

    def encoder(self, *, subjects="all", roi=None, groups=None, vertices=None,
                min_noise_ceiling=None, expand=False, reduce=None, device="auto", precision="fp32",
                readout="auto", batch=None, threads=None, normalised=False):
        """An Encoder, for many calls: weights are read and memory is taken once.

        subjects: "NSD-01,NSD-05", a list of names or, where the model holds one dataset, numbers.
        roi: "V1" (both sides), "L_V1", "GlasserGroup_5"; groups: 1 to 22, "1-5"; vertices: numbers
        of columns, or a mask of bool [model.vertices]. What is computed is the union of the three, in
        ascending order; without any, everything.
        min_noise_ceiling: "test_n-avg:0.2" or ("test_n-avg", 0.2): of these the vertices whose noise
        ceiling is at least that in every subject asked for.
        expand: 91,282 columns, NaN where nothing is predicted. reduce: "roi-mean", "group-mean" or the
        name of a file with a matrix. device: "auto", "cpu", "cuda", "cuda:1". precision: "fp32",
        "fp32-strict", "tf32", "fp16", "bf16". batch: images computed together. threads: of the CPU.
        normalised: input is float32 [n, 3, 224, 224], normalised as the network takes it.
        """
        return Encoder(self, subjects=subjects, roi=roi, groups=groups, vertices=vertices,
                       min_noise_ceiling=min_noise_ceiling, expand=expand, reduce=reduce,
                       device=device, precision=precision,
                       readout=readout, batch=batch, threads=threads, normalised=normalised)

    def encode(self, images, *, out=None, progress=False, channels=None, **options):
        """Responses to images: encoder(**options)(images), see there for both."""
        return self.encoder(**options)(images, out=out, progress=progress, channels=channels)

    def __repr__(self):
        untrained = ", UNTRAINED" if self.untrained else ""
        return (f"<corticast.Model {self.id}: {len(self.subjects) or 1} readouts of "
                f"{self.vertices:,} vertices{untrained}>")


def load(path):
    """Opens a .corticast file, made by `corticast-weights convert`."""
    return Model(path)
