"""The same weights and images through MOSAIC's own package (mosaic-dataset) and through corticast.

The model is MOSAIC's CNN8 for the 8 subjects of NSD at full width, untrained, with batch norms and
readouts of random numbers, as MOSAIC's own construct gives constants; its state goes to corticast as a
checkpoint does. Prints the errors and the time of both. Exit code 77 where MOSAIC is not installed.
"""

import os
import sys
import time
import unittest
import warnings

import numpy as np

try:
    warnings.simplefilter("ignore")
    import mosaic
    import PIL.Image
    import torch
    from mosaic.models.transforms import SelectROIs
    from mosaic.utils.inference import MosaicInference
except ImportError as missing:
    print(f"not run: {missing} (third_party/setup.sh peers installs MOSAIC's package)")
    sys.exit(77)

import corticast
import support
from corticast.berg import BERG

BOUND = 3e-6  # relative L2 of one image's responses; each side is about 1e-6 from the exact result
SUBJECTS = [1, 5]
THREADS = len(os.sched_getaffinity(0))


def filled(model):
    """Random numbers that keep activations of one size from block to block."""
    generator = torch.Generator().manual_seed(6)

    def uniform(tensor, low, high):
        tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    def normal(tensor, scale):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * scale)

    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.ndim == 4:
                normal(tensor, (2 / tensor[0].numel()) ** 0.5)
            elif name.endswith("running_var"):
                uniform(tensor, 0.5, 1.5)
            elif name.endswith((".1.weight",)):
                uniform(tensor, 0.8, 1.2)
            elif name.endswith((".1.bias", "running_mean")):
                normal(tensor, 0.1)
            elif name.endswith("_features"):
                normal(tensor, 0.05)
            elif name.endswith(("spatial", "bias")):
                normal(tensor, 1.0)
    return model


class Clock:
    """Seconds since the last call: on the wall, and of the processor, which mind company less."""

    def __init__(self):
        self.read()

    def read(self):
        now = time.perf_counter(), time.process_time()
        passed = [end - begin for end, begin in zip(now, getattr(self, "then", now))]
        self.then = now
        return passed


class Mosaic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(THREADS)
        theirs = filled(mosaic.from_pretrained(backbone_name="CNN8", framework="multihead",
                                               subjects="NSD", vertices="visual",
                                               pretrained=False))
        checkpoint = (support.FOLDER /
                      "model-CNN8_framework-multihead_subjects-NSD_vertices-visual.pth")
        torch.save(theirs.state_dict(), checkpoint)
        path = support.FOLDER / "mosaic.corticast"
        support.weights_program("convert", checkpoint, "-o", path)
        checkpoint.unlink()
        cls.inference = MosaicInference(model=theirs, batch_size=2, device="cpu")
        cls.berg = BERG(path)
        cls.model = corticast.load(path)
        names = ("chelsea_231x340_rgba.png", "rocket_400x267_420.jpg", "astro_301x466_prog444.jpg")
        cls.files = [support.DATA / "images" / name for name in names]

    def run_theirs(self, images):
        clock = Clock()
        results = self.inference.run(images=images,
                                     names_and_subjects={"NaturalScenesDataset": SUBJECTS})
        return results["NaturalScenesDataset"], clock.read()

    def compare(self, what, ours, theirs):
        self.assertEqual(list(ours), list(theirs))
        errors, largest = [], 0.0
        for subject, rows in theirs.items():
            for found, expected in zip(ours[subject], rows.numpy(), strict=True):
                errors.append(support.relative_l2(found, expected))
                largest = max(largest, np.abs(found - expected).max() / np.abs(expected).max())
        print(f"{what}: relative L2 at most {max(errors):.2g} (bound {BOUND:.0e}), largest error "
              f"{largest:.2g} of the largest response; {len(errors)} rows", file=sys.stderr)
        self.assertLessEqual(max(errors), BOUND)

    def test_photographs_from_files(self):
        opened = [PIL.Image.open(file).convert("RGB") for file in self.files]
        theirs, their_time = self.run_theirs(opened)
        encoder = self.model.encoder(subjects=SUBJECTS, device="cpu", threads=THREADS)
        clock = Clock()
        responses = encoder(self.files)
        for name, (wall, processor) in (("MOSAIC", their_time), ("corticast", clock.read())):
            print(f"{name}: {wall / len(self.files):.2f} s an image, {processor / len(self.files):.2f} s "
                  f"of the processor ({len(self.files)} images, {len(SUBJECTS)} subjects, {THREADS} "
                  "threads)", file=sys.stderr)
        self.compare("files", responses.nested()["NaturalScenesDataset"], theirs)
        again = encoder(opened)
        for name in again:
            np.testing.assert_array_equal(again[name], responses[name])

    def test_arrays_through_the_interface_of_berg(self):
        images = np.random.default_rng(1).integers(0, 255, (2, 3, 96, 131))
        opened = [PIL.Image.fromarray(np.moveaxis(image, 0, -1).astype(np.uint8))
                  for image in images]
        theirs, _ = self.run_theirs(opened)
        model = self.berg.get_encoding_model(
            "fmri-mosaic-CNN8_multihead_subNSD_verticesVisual", subject=SUBJECTS)
        responses, metadata = self.berg.encode(model, images, return_metadata=True,
                                               show_progress=False)
        self.compare("berg", responses["NaturalScenesDataset"], theirs)

        areas = metadata["fmri"]["roi"]
        mapping = metadata["encoding_models"]["vertex_mapping_visual"]
        groups = SelectROIs(selected_rois=[f"GlasserGroup_{k}" for k in range(1, 6)])
        np.testing.assert_array_equal(mapping, groups.selected_roi_indices)
        for name in ("L_V1", "R_V1", "R_VMV1", "L_LO3"):
            np.testing.assert_array_equal(areas[name],
                                          SelectROIs(selected_rois=[name]).selected_roi_indices)
        some = self.berg.get_encoding_model(
            "fmri-mosaic-CNN8_multihead_subNSD_verticesVisual", subject=1,
            selection={"roi": ["R_VMV1", "L_V1"]})
        chosen = np.isin(mapping, np.concatenate([areas["L_V1"], areas["R_VMV1"]]))
        self.compare("berg, two areas",
                     self.berg.encode(some, images, show_progress=False)["NaturalScenesDataset"],
                     {"sub-01": theirs["sub-01"][:, torch.from_numpy(chosen)]})


if __name__ == "__main__":
    unittest.main()
