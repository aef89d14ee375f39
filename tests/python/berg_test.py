"""corticast.berg: what the Brain Encoding Response Generator's documentation shows, works."""

import contextlib
import hashlib
import io
import json
import shutil
import unittest

import numpy as np

import corticast
import support
from corticast.berg import BERG, InvalidParameterError, ModelNotFoundError, StimulusError


def id_of(path):
    return corticast.load(path).id


class Whole(unittest.TestCase):
    """A model of all 57,051 vertices."""

    @classmethod
    def setUpClass(cls):
        cls.path = support.synthetic("all", "NSD-01")
        cls.berg = BERG(berg_dir=str(cls.path))
        cls.model_id = id_of(cls.path)

    def test_example_of_the_model_card(self):
        voxel_mask = np.zeros(57051, dtype=int)
        voxel_mask[-10:] = 1
        images = np.random.default_rng(0).integers(0, 255, (2, 3, 64, 64))
        self.assertEqual(images.dtype, np.int64)
        model = self.berg.get_encoding_model(
            self.model_id, subject=1, device="auto",
            selection={"roi": ["L_V1"], "glasser_group": None, "voxel_index": voxel_mask.tolist()})
        responses, metadata = self.berg.encode(model, images, return_metadata=True,
                                               show_progress=False)
        self.assertEqual(list(responses), ["NaturalScenesDataset"])
        self.assertEqual(list(responses["NaturalScenesDataset"]), ["sub-01"])
        some = responses["NaturalScenesDataset"]["sub-01"]
        self.assertEqual((some.shape, some.dtype), ((2, 826), np.float32))

        everything = self.berg.encode(self.berg.get_encoding_model(self.model_id, subject=1), images,
                                      show_progress=False)["NaturalScenesDataset"]["sub-01"]
        mapping = metadata["encoding_models"]["vertex_mapping_all"]
        full = np.full((2, 91282), np.nan)
        full[:, mapping] = everything
        areas = metadata["fmri"]["roi"]
        np.testing.assert_array_equal(some[:, :816], full[:, areas["L_V1"]])
        np.testing.assert_array_equal(some[:, 816:], full[:, mapping[-10:]])
        self.assertEqual(len(areas), 360)
        self.assertEqual([len(areas[name]) for name in ("R_RSC", "L_H", "L_RSC", "L_4")],
                         [0, 0, 3, 839])
        self.assertEqual(np.isnan(full[0]).sum(), 34231)
        groups = metadata["encoding_models"]["glasser_group_id"]
        self.assertEqual([(groups == group).sum() for group in (1, 13, 22)], [1603, 1039, 4392])

    def test_selections_equal_the_goldens(self):
        cases = json.loads((support.DATA / "goldens" / "selections.json").read_text())
        models = {"all": corticast.load(self.path),
                  "visual": corticast.load(support.synthetic("visual", "NSD-01,NSD-03"))}
        checked = 0
        for case in cases:
            if case["semantics"] != "berg":
                continue
            model, selection = models[case["vertices"]], dict(case["selection"])
            if "voxel_index_ones" in selection:
                selection["voxel_index"] = np.zeros(model.vertices, np.uint8)
                selection["voxel_index"][selection.pop("voxel_index_ones")] = 1
            berg = BERG(model.path)
            if case["error_if_empty"]:
                with self.assertRaises(InvalidParameterError):
                    berg.get_encoding_model(model.id, 1, selection)
                continue
            space = berg.get_encoding_model(model.id, 1, selection).grayordinates
            self.assertEqual(len(space), case["count"])
            self.assertEqual(hashlib.sha256(space.astype("<i4").tobytes()).hexdigest(),
                             case["sha256_grayordinates_i32"])
            checked += 1
        self.assertGreaterEqual(checked, 12)

    def test_metadata_need_no_weights(self):
        cut = support.FOLDER / "cut.corticast"
        shutil.copy(self.path, cut)
        with open(cut, "r+b") as file:  # ruins masks, keeps the header
            file.seek(cut.stat().st_size // 2)
            file.write(b"\xff" * 4000)
        metadata = BERG(cut).get_model_metadata(self.model_id, subject=1)
        self.assertEqual(len(metadata["encoding_models"]["vertex_mapping_all"]), 57051)
        with self.assertRaises(corticast.ModelError):
            BERG(cut).get_encoding_model(self.model_id, subject=1)
        cut.unlink()


class Visual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = support.synthetic("visual", "NSD-01,NSD-03")
        cls.model_id = id_of(cls.path)
        folder = support.FOLDER / "berg" / "encoding_models"
        folder.mkdir(parents=True)
        (folder / "one.corticast").symlink_to(cls.path)
        (folder / "broken.corticast").write_bytes(b"no model")
        cls.folder = support.FOLDER / "berg"
        cls.berg = BERG(cls.folder)

    def encode(self, images, subject=1, **options):
        model = self.berg.get_encoding_model(self.model_id, subject=subject,
                                             selection={"roi": ["L_V1"]}, **options)
        return self.berg.encode(model, images, show_progress=False)

    def test_subjects_by_number_name_and_list(self):
        images = support.photographs((3, 30, 40), 2)
        both = self.encode(images, "all")["NaturalScenesDataset"]
        self.assertEqual(list(both), ["sub-01", "sub-03"])
        for subject, keys in ((3, ["sub-03"]), (np.int64(3), ["sub-03"]), ("NSD-03", ["sub-03"]),
                              ([3, 1, 3], ["sub-03", "sub-01"]),
                              (["NSD-01", 3], ["sub-01", "sub-03"])):
            found = self.encode(images, subject)["NaturalScenesDataset"]
            self.assertEqual(list(found), keys)
            for key in keys:
                np.testing.assert_array_equal(found[key], both[key])
        for subject in (None, 2, 0, 9, "NSD-02", "THINGS-01", True, 1.0, []):
            with self.assertRaises(corticast.UsageError):
                self.encode(images, subject)
        metadata = self.berg.get_model_metadata(self.model_id, subject=[3])
        own = metadata["NaturalScenesDataset"]["sub-03"]
        self.assertEqual(list(metadata["NaturalScenesDataset"]), ["sub-03"])
        self.assertEqual(len(own["encoding_models"]["vertex_mapping_visual"]), 7831)
        self.assertEqual((len(own["fmri"]["roi"]), len(own["fmri"]["roi"]["L_V1"])), (52, 816))
        with self.assertRaisesRegex(KeyError, "BERG's own metadata"):
            metadata["encoding_models"]["test_n-1_noiseceiling"]

    def test_stimuli_are_cast_as_c_does(self):
        images = support.photographs((3, 30, 40), 2)
        expected = self.encode(images)["NaturalScenesDataset"]["sub-01"]
        wide = images.astype(np.int64)
        for given in (wide, wide + 256, wide - 256, wide.astype(np.int16), wide.astype(np.uint32),
                      wide.astype(np.float64), wide + np.float32(0.75), images[:, :, :, ::1],
                      np.asfortranarray(images)):
            found = self.encode(given)["NaturalScenesDataset"]["sub-01"]
            np.testing.assert_array_equal(found, expected)
        golden = np.load(support.DATA / "images" / "array_i64_1x3x64x49.npy")
        pixels = support.golden("preprocessed")["array_i64_1x3x64x49"]
        np.testing.assert_array_equal(
            self.encode(golden)["NaturalScenesDataset"]["sub-01"],
            self.encode(np.moveaxis(pixels, -1, 1))["NaturalScenesDataset"]["sub-01"])
        for given in (images[0], np.moveaxis(images, 1, -1), images[:, :2], images.astype(str),
                      np.full((1, 3, 9, 9), np.nan)):
            with self.assertRaises(StimulusError):
                self.encode(given)
        # Channels first, whatever the last size is.
        self.assertEqual(self.encode(images[:, :, :, :3])["NaturalScenesDataset"]["sub-01"].shape,
                         (2, 816))

    def test_selections_that_are_refused(self):
        ones = np.ones(7831, int)
        for selection in ({"rois": ["L_V1"]}, {"roi": ["V1"]}, {"roi": "L_V1"}, {"roi": ["L_A1"]},
                          {"roi": []}, {"glasser_group": 6}, {"glasser_group": "1"},
                          {"glasser_group": []}, {"voxel_index": ones[:-1]},
                          {"voxel_index": ones * 2}, {"voxel_index": ones * 0},
                          {"voxel_index": ones * 0.5}, ["L_V1"]):
            with self.assertRaises(InvalidParameterError, msg=str(selection)[:60]):
                self.berg.get_encoding_model(self.model_id, 1, selection)
        for selection in (None, {}, {"roi": None, "glasser_group": None, "voxel_index": None},
                          {"glasser_group": [1, 2, 3, 4, 5]}, {"voxel_index": ones.astype(bool)}):
            model = self.berg.get_encoding_model(self.model_id, 1, selection)
            self.assertEqual(len(model.grayordinates), 7831)

    def test_models_are_found_by_id(self):
        self.assertEqual(list(self.berg.list_models()), [self.model_id])
        self.assertEqual(self.berg.get_model_catalog(), {"fmri": ["mosaic"]})
        self.assertTrue(self.berg.describe(self.model_id)["untrained"])
        with self.assertRaisesRegex(ModelNotFoundError, self.model_id):
            self.berg.get_encoding_model("fmri-nsd-fwrf", 1)
        with self.assertRaises(ModelNotFoundError):
            BERG(self.folder / "absent")
        again = self.folder / "two.corticast"
        again.symlink_to(self.path)
        with self.assertRaisesRegex(ModelNotFoundError, "two.corticast"):
            self.berg.describe(self.model_id)
        again.unlink()

    def test_progress_is_on_standard_error(self):
        model = self.berg.get_encoding_model(self.model_id, 1, {"roi": ["L_V1"]})
        for shown in (True, False):
            err, out = io.StringIO(), io.StringIO()
            with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
                self.berg.encode(model, support.photographs((3, 9, 9)), show_progress=shown)
            self.assertEqual("3/3 images" in err.getvalue(), shown)
            self.assertEqual(out.getvalue(), "")

    def test_one_readout_is_one_array(self):
        path = support.converted("singlehead_zip")
        berg = BERG(path)
        with berg.get_encoding_model(id_of(path)) as model:
            self.assertEqual(berg.encode(model, support.photographs(), show_progress=False).shape,
                             (3, 200))
        with self.assertRaises(InvalidParameterError):
            berg.get_encoding_model(id_of(path), subject=1)


class Known(unittest.TestCase):
    """What BERG's metadata files say, once it is in the model file."""

    def test_metadata_are_those_of_the_file(self):
        plain = support.FOLDER / "plain.corticast"
        support.weights_program("synth", "-o", plain, "--features", 1, "--vertices", "visual",
                                "--subjects", "NSD-01,NSD-02", "--metadata")
        path = support.FOLDER / "known.corticast"
        support.weights_program("metadata", plain, "-o", path,
                                f"NSD-02={support.DATA / 'metadata' / 'numpy2.npy'}")
        berg = BERG(path)
        found = berg.get_model_metadata(id_of(path), subject=2)
        fmri = found["fmri"]
        self.assertEqual(list(fmri["filenames"]), ["a b.jpg", "d/\u00e9.jpg", "c.jpg"])
        self.assertEqual((list(fmri["train_idx"]), list(fmri["reps"])), ([0, 2], [3, -1, 1]))
        self.assertEqual((fmri["age"], fmri["sex"], fmri["participant_id"]), ("27", "F", "NSD-02"))
        self.assertEqual(len(fmri["roi"]["L_V1"]), 816)
        with self.assertRaisesRegex(KeyError, "corticast-weights metadata"):
            found["encoding_models"]["test_n-1_noiseceiling"]

        both = berg.get_model_metadata(id_of(path))["NaturalScenesDataset"]
        ceiling = both["sub-01"]["encoding_models"]["test_n-avg_noiseceiling"]
        self.assertEqual((ceiling.shape, ceiling.dtype), ((91282,), np.float32))
        model = corticast.load(path)
        reliable = np.flatnonzero(ceiling[model.grayordinates] >= np.float32(0.5))
        encoder = model.encoder(subjects=1, min_noise_ceiling=("test_n-avg", 0.5))
        np.testing.assert_array_equal(encoder.grayordinates, model.grayordinates[reliable])
        with self.assertRaisesRegex(corticast.UsageError, "no noise ceiling test_n-avg of NSD-02"):
            model.encoder(min_noise_ceiling="test_n-avg:0.5")


if __name__ == "__main__":
    unittest.main()
