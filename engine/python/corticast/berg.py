"""The interface of the Brain Encoding Response Generator, for models that corticast runs.

    from corticast.berg import BERG
    berg = BERG(berg_dir="models/")         # a folder with .corticast files, or one of them
    model = berg.get_encoding_model("fmri-mosaic-CNN8_multihead_subNSD_verticesAll", subject=1,
                                    selection={"roi": ["L_V1", "R_V1"]})
    responses, metadata = berg.encode(model, images, return_metadata=True)
    responses["NaturalScenesDataset"]["sub-01"]     # float32 [images, vertices]

Written from BERG's published documentation. What is selected is all that is computed: the union of
ROIs, groups and vertices, in ascending order of grayordinates. Metadata are what a model file holds:
ROIs, groups and where each vertex lies; noise ceilings, stimuli and who the subject is where BERG's
files were added to it (`corticast-weights metadata`).
"""

import os

import numpy as np

from . import _core
from ._errors import Error, UsageError
from ._model import load


class ModelNotFoundError(UsageError):
    """No model of this id in the folder."""


class InvalidParameterError(UsageError):
    """A subject, a selection or a parameter that the model does not take."""


class StimulusError(UsageError):
    """Stimuli that are no array [images, 3, height, width]."""


_ELSEWHERE = (
    "age", "sex", "filenames", "alias", "source", "train_idx", "test_idx", "train_filenames",
    "test_filenames", "reps", "test_n-avg_noiseceiling", "test_n-1_noiseceiling",
    "train_n-avg_noiseceiling", "train_n-1_noiseceiling", "artificial_n-avg_noiseceiling",
    "artificial_n-1_noiseceiling")


class _Metadata(dict):
    """Says of entries that BERG's own metadata have, and a model file has not, where they are."""

    def __missing__(self, key):
        if key in _ELSEWHERE:
            raise KeyError(f"{key}: not in this model file; `corticast-weights metadata` adds it from "
                           "BERG's own metadata files")
        raise KeyError(key)


def _subjects(model, subject):
    """As the command line takes them: "1,NSD-03", or "all"."""
    if not model.multihead:
        if subject not in (None, "all"):
            raise InvalidParameterError(f"subject={subject!r}, but {model.id} has one readout",
                                        'Leave it out, or say "all"')
        return "all"
    if subject is None:
        raise InvalidParameterError(f"{model.id} needs a subject",
                                    f'A number, a list, or "all": {", ".join(model.subjects)}')
    words = [subject] if isinstance(subject, str) or np.ndim(subject) == 0 else list(subject)
    for word in words:
        if isinstance(word, (bool, np.bool_)) or not isinstance(word, (str, int, np.integer)):
            raise InvalidParameterError(f"subject {word!r} is neither a number nor a name")
    if not words:
        raise InvalidParameterError("the list of subjects is empty")
    return ",".join(str(word) for word in words)


def _selected(model, selection):
    """Columns as uint32, or None for all of them."""
    if selection is None:
        return None
    if not isinstance(selection, dict):
        raise InvalidParameterError(f"selection is {type(selection).__name__}, expected a dict")
    known = ("roi", "glasser_group", "voxel_index")
    unknown = [key for key in selection if key not in known]
    if unknown:
        raise InvalidParameterError(f"selection has {unknown[0]!r}",
                                    f"Possible keys: {', '.join(known)}")
    roi, group, voxels = (selection.get(key) for key in known)
    if roi is None and group is None and voxels is None:
        return None
    if roi is not None and (isinstance(roi, str) or not all(isinstance(name, str) for name in roi)):
        raise InvalidParameterError(f"roi is {roi!r}, expected a list of names such as \"L_V1\"")
    if group is not None:
        group = np.atleast_1d(np.asarray(group))
        if group.dtype.kind not in "iu" or group.ndim != 1:
            raise InvalidParameterError("glasser_group is a number or a list of numbers")
        group = group.tolist()
    if voxels is not None:
        voxels = np.asarray(voxels)
        if voxels.ndim != 1 or voxels.dtype.kind not in "iufb" or (
                voxels.dtype.kind == "f" and not np.isin(voxels, (0, 1)).all()):
            raise InvalidParameterError("voxel_index is a vector of 0 and 1")
        voxels = np.ascontiguousarray(voxels, np.int64)
    try:
        return model._core.select_berg(None if roi is None else [str(name) for name in roi],
                                       group, voxels)
    except UsageError as error:
        raise InvalidParameterError(error.message, error.hint) from None


def _wrapped_bytes(stimulus):
    """uint8, as C casts: integers modulo 256, floats truncated toward zero first."""
    stimulus = np.asarray(stimulus)
    if stimulus.ndim != 4 or stimulus.shape[1] != 3 or stimulus.dtype.kind not in "iufb":
        raise StimulusError(f"stimulus is {stimulus.dtype} {list(stimulus.shape)}, expected numbers "
                            "0 to 255 of shape [images, 3, height, width]")
    if stimulus.dtype == np.uint8:
        return stimulus
    if stimulus.dtype.kind == "f":
        if not np.isfinite(stimulus).all():
            raise StimulusError("stimulus holds values that are not finite")
        stimulus = stimulus.astype(np.int64)
    return stimulus.astype(np.uint8)


def _metadata(model, words):
    """fmri and encoding_models, at the top and by dataset and subject."""
    fmri, encoding = _Metadata(), _Metadata()
    if model.grayordinates is not None:
        labels, space = model._core.labels(), np.array(model.grayordinates)
        last = int(model.groups.max())
        fmri["roi"] = {name: space[labels == label + 1]
                       for label, (name, group) in enumerate(_core.areas())
                       if 1 <= group <= last}
        if model.vertex_set in ("all", "visual"):
            encoding[f"vertex_mapping_{model.vertex_set}"] = space
        encoding["glasser_group_id"] = model.groups
    metadata = _Metadata(fmri=fmri, encoding_models=encoding)
    known = model.metadata
    targets = model._core.resolve_subjects(words)
    for name, dataset, subject in targets:
        ceilings, rest = {}, {}
        for key, value in known.get(name, {}).items():
            (ceilings if key.endswith("_noiseceiling") else rest)[key] = value
        one = _Metadata(fmri=_Metadata(fmri, **{**rest, "participant_id": name}),
                        encoding_models=_Metadata(encoding, **ceilings))
        if dataset:
            metadata.setdefault(dataset, {})[subject] = one
        if len(targets) == 1:
            metadata.update(one)
    return metadata


class EncodingModel:
    """What BERG.get_encoding_model() gives."""

    def __init__(self, model, subject, selection, device, **options):
        self._model = model
        self._words = _subjects(model, subject)
        self._encoder = model.encoder(subjects=self._words, vertices=_selected(model, selection),
                                      device=device, **options)

    @property
    def grayordinates(self):
        """int32 [columns], of 91,282: where each column of the responses lies."""
        return self._encoder.grayordinates

    def generate_response(self, stimulus, show_progress=True):
        """{"NaturalScenesDataset": {"sub-01": float32 [images, columns]}}."""
        responses = self._encoder(_wrapped_bytes(stimulus), progress=bool(show_progress),
                                  channels="first")
        return responses.nested()

    def get_metadata(self):
        """What BERG.get_model_metadata() gives."""
        return _metadata(self._model, self._words)

    def get_model_id(self):
        """Name of the model."""
        return self._model.id

    def cleanup(self):
        """Gives back the memory; the model cannot be used after it."""
        self._encoder = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cleanup()


class BERG:
    """berg_dir: a folder, searched for .corticast files with all its subfolders, or one such file."""

    def __init__(self, berg_dir):
        self.berg_dir = os.fspath(berg_dir)
        if not os.path.exists(self.berg_dir):
            raise ModelNotFoundError(f"{self.berg_dir}: no such file or folder")

    def _files(self):
        if os.path.isfile(self.berg_dir):
            yield self.berg_dir
            return
        for folder, subfolders, names in os.walk(self.berg_dir):
            subfolders.sort()
            for name in sorted(names):
                if name.endswith(".corticast"):
                    yield os.path.join(folder, name)

    def _models(self):
        """Those whose header is good; only headers are read."""
        for path in self._files():
            try:
                yield load(path)
            except Error:
                if path == self.berg_dir:
                    raise

    def _find(self, model_id):
        models = list(self._models())
        found = [model for model in models if model.id == model_id]
        if len(found) == 1:
            return found[0]
        if found:
            raise ModelNotFoundError(
                f"{model_id} is in {' and in '.join(model.path for model in found)}",
                "Give BERG the path of one of them")
        there = ", ".join(sorted({model.id for model in models})) or "no model at all"
        raise ModelNotFoundError(f"{model_id} is not in {self.berg_dir}", f"There is: {there}")

    def list_models(self):
        """{id: {"modality", "training_dataset", "path"}}."""
        return {model.id: {"modality": "fmri", "training_dataset": "mosaic", "path": model.path}
                for model in self._models()}

    def get_model_catalog(self, print_format=False):
        """{"fmri": ["mosaic"]}, or {} where there is no model."""
        catalog = {"fmri": ["mosaic"]} if self.list_models() else {}
        if print_format:
            for modality, datasets in catalog.items():
                print(f"{modality}: {', '.join(datasets)}")
        return catalog

    def describe(self, model_id):
        """What the model file says of itself."""
        model = self._find(model_id)
        return {"model_id": model.id, "path": model.path, "model_hash": model.hash,
                "untrained": model.untrained, "subjects": model.subjects,
                "vertices": model.vertices, "vertex_set": model.vertex_set}

    def get_encoding_model(self, model_id, subject=None, selection=None, device="auto", **options):
        """A model ready to encode; weights are read and checked, selected rows only.

        subject: 1, "NSD-01", a list of either, or "all". selection: {"roi": ["L_V1"],
        "glasser_group": 1 or [1, 2], "voxel_index": 0 or 1 for each of the model's vertices}; keys
        may be missing or None. options: those of corticast.Model.encoder (precision, batch, threads).
        """
        return EncodingModel(self._find(model_id), subject, selection, device, **options)

    def encode(self, model, stimulus, return_metadata=False, show_progress=True):
        """Responses; with return_metadata responses and metadata.

        stimulus: [images, 3, height, width], values 0 to 255 of any type of number; images are
        cropped to their central square and resized. Integers wrap around at 256.
        """
        responses = model.generate_response(stimulus, show_progress=show_progress)
        return (responses, model.get_metadata()) if return_metadata else responses

    def get_model_metadata(self, model_id, subject="all"):
        """{"fmri": {"roi": ...}, "encoding_models": {"vertex_mapping_all": ...}}; reads no weights.

        The same by dataset and subject: metadata["NaturalScenesDataset"]["sub-01"]["fmri"]. Noise
        ceilings ("test_n-avg_noiseceiling") are in encoding_models, stimuli and facts in fmri; at the
        top only where one subject is asked for.
        """
        model = self._find(model_id)
        return _metadata(model, _subjects(model, subject))
