"""corticast.load, encoders, errors, stopping."""

import os
import signal
import sys
import threading
import unittest

import numpy as np

import corticast
import support


def visual():
    return corticast.load(support.synthetic("visual", "NSD-01,NSD-03"))


class Responses(unittest.TestCase):
    def test_equal_the_goldens_from_files(self):
        golden = support.golden("out_multihead_zip")
        model = corticast.load(support.converted("multihead_zip"))
        files = [support.DATA / "images" / str(name) for name in golden["images"]]
        responses = model.encode(files)
        self.assertEqual(list(responses), ["NSD-01", "NSD-05"])
        for name, key in (("NSD-01", "sub-01_NSD/f64"), ("NSD-05", "sub-05_NSD/f64")):
            self.assertEqual(responses[name].dtype, np.float32)
            for row, expected in zip(responses[name], golden[key]):
                self.assertLessEqual(support.relative_l2(row, expected), 3e-6)

    def test_of_a_singlehead_model_are_one_array(self):
        golden = support.golden("out_singlehead_zip")
        model = corticast.load(support.converted("singlehead_zip"))
        self.assertFalse(model.multihead)
        files = [support.DATA / "images" / str(name) for name in golden["images"][:2]]
        responses = model.encode(files)
        self.assertEqual(list(responses), ["readout"])
        self.assertLessEqual(
            support.relative_l2(responses.nested(), golden["readout/f64"][:2]), 3e-6)

    def test_of_a_selection_are_the_same_bits(self):
        model, images = visual(), support.photographs()
        everything = model.encode(images)
        wanted = (model.roi == "L_V1") | (model.roi == "R_V1") | (model.groups == 3)
        for selection in ({"roi": "V1", "groups": 3}, {"vertices": wanted},
                          {"roi": ["L_V1", "R_V1"], "groups": [3]},
                          {"vertices": np.flatnonzero(wanted)[::-1]}):
            some = model.encode(images, subjects=[3, "NSD-01"], **selection)
            self.assertEqual(list(some), ["NSD-03", "NSD-01"])
            np.testing.assert_array_equal(some.grayordinates, model.grayordinates[wanted])
            np.testing.assert_array_equal(some.roi, model.roi[wanted])
            np.testing.assert_array_equal(some.groups, model.groups[wanted])
            for name, array in some.items():
                np.testing.assert_array_equal(array, everything[name][:, wanted])
        spread = model.encode(images, expand=True, subjects="NSD-01")["NSD-01"]
        self.assertEqual(spread.shape, (3, 91282))
        np.testing.assert_array_equal(spread[:, model.grayordinates], everything["NSD-01"])
        self.assertEqual(np.isnan(spread).sum(), 3 * (91282 - model.vertices))
        means = model.encode(images, reduce="roi-mean", roi="L_V1,R_V2")
        self.assertEqual(list(means.names), ["L_V1", "R_V2"])
        self.assertIsNone(means.roi)
        np.testing.assert_allclose(
            means["NSD-01"][:, 0], everything["NSD-01"][:, model.roi == "L_V1"].mean(axis=1),
            rtol=1e-4, atol=1e-5)

    def test_are_written_where_the_caller_says(self):
        model, images = visual(), support.photographs()
        encoder = model.encoder(roi="L_V1", subjects="NSD-01")
        mine = np.full((3, encoder.columns), np.nan, np.float32)
        responses = encoder(images, out=mine)
        self.assertIs(responses["NSD-01"], mine)
        np.testing.assert_array_equal(mine, encoder(images)["NSD-01"])
        for wrong in (mine[:2], mine.astype(np.float64), mine[:, ::2], {"NSD-03": mine},
                      np.asfortranarray(mine)):
            with self.assertRaises(corticast.UsageError):
                encoder(images, out=wrong)
        mine.flags.writeable = False
        with self.assertRaises(corticast.UsageError):
            encoder(images, out=mine)

    def test_to_normalised_input_are_those_to_its_pixels(self):
        model = visual()
        pixels = support.photographs((3, 224, 224), 2)
        mean = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
        std = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]
        values = (pixels.astype(np.float32) / np.float32(255) - mean) / std
        expected = model.encode(pixels)
        for given in (values, np.asfortranarray(values)):
            found = model.encode(given, normalised=True)
            for name in expected:
                np.testing.assert_array_equal(found[name], expected[name])
        with self.assertRaisesRegex(corticast.UsageError, "float32"):
            model.encode(values.astype(np.float64), normalised=True)
        with self.assertRaisesRegex(corticast.UsageError, "normalised=True"):
            model.encode(values)

    def test_to_no_image_have_no_rows(self):
        for nothing in ([], np.empty((0, 3, 9, 9), np.uint8)):
            self.assertEqual(visual().encode(nothing)["NSD-01"].shape, (0, 7831))


class Facts(unittest.TestCase):
    def test_of_a_model(self):
        model = visual()
        self.assertEqual(model.subjects, ["NSD-01", "NSD-03"])
        self.assertEqual((model.vertices, model.channels, model.vertex_set), (7831, 8, "visual"))
        self.assertTrue(model.untrained)
        self.assertIn("UNTRAINED", repr(model))
        self.assertEqual(len(model.hash), 64)
        self.assertEqual(list(model.grayordinates[:5]), [4, 7, 53, 54, 55])
        with self.assertRaises(ValueError):
            model.grayordinates[0] = 1
        self.assertEqual((model.roi == "L_V1").sum(), 816)
        self.assertEqual([(model.groups == group).sum() for group in range(1, 6)],
                         [1603, 2547, 1116, 1220, 1345])

    def test_views_outlive_the_model(self):
        grayordinates = visual().grayordinates
        encoder = visual().encoder(roi="L_V1")
        groups = encoder.groups
        del encoder
        self.assertEqual(int(grayordinates[-1]), 54405)
        self.assertEqual(set(groups.tolist()), {1})

    def test_without_an_atlas(self):
        model = corticast.load(support.converted("tiny_zip"))
        self.assertIsNone(model.grayordinates)
        self.assertIsNone(model.roi)
        self.assertIsNone(model.groups)
        responses = model.encode(support.photographs(), subjects="BOLD5000-01")
        self.assertIsNone(responses.grayordinates)
        self.assertEqual(responses.nested()["BOLD5000"]["sub-01"].shape, (3, 24))


class Errors(unittest.TestCase):
    def test_have_the_codes_of_the_command_line(self):
        model = visual()
        broken = support.FOLDER / os.fsdecode(b"broken-\xff.corticast")
        broken.write_bytes(b"no model")
        for code, kind, call in (
                (2, ValueError, lambda: model.encoder(subjects="NSD-09")),
                (2, ValueError, lambda: model.encoder(roi="L_V9")),
                (2, ValueError, lambda: model.encoder(groups=6)),
                (2, ValueError, lambda: model.encoder(subjects="")),
                (2, ValueError, lambda: model.encoder(roi=[])),
                (2, ValueError, lambda: model.encoder(vertices=[7831])),
                (2, ValueError, lambda: model.encoder(vertices=[-1])),
                (2, ValueError, lambda: model.encoder(vertices=[])),
                (2, ValueError, lambda: model.encoder(vertices=[True, False])),
                (2, ValueError, lambda: model.encoder(vertices=[0.5])),
                (6, RuntimeError, lambda: model.encoder(device="abacus")),
                (2, ValueError, lambda: model.encoder(precision="fp7")),
                (2, ValueError, lambda: corticast.load(b"nul\0byte")),
                (3, ValueError, lambda: corticast.load(broken)),
                (3, ValueError, lambda: corticast.load("absent.corticast")),
                (6, RuntimeError, lambda: model.encoder(precision="tf32", device="cpu"))):
            with self.assertRaises(corticast.Error) as raised:
                call()
            self.assertEqual(raised.exception.code, code, str(raised.exception))
            self.assertIsInstance(raised.exception, kind)
        self.assertIn("V1", str(self.error_of(lambda: model.encoder(roi="L_V9"))))
        self.assertIn(str(broken), str(self.error_of(lambda: corticast.load(broken))))

    def error_of(self, call):
        with self.assertRaises(corticast.Error) as raised:
            call()
        return raised.exception

    def test_of_types(self):
        model = visual()
        for call in (lambda: model.encoder(subjects=1.5), lambda: model.encoder(groups=True),
                     lambda: model.encoder(batch="many"), lambda: corticast.load(7),
                     lambda: model.encode(support.photographs(), progress="yes")):
            with self.assertRaises(TypeError):
                call()


class Calls(unittest.TestCase):
    def test_tell_their_progress(self):
        encoder = visual().encoder(roi="L_V1", batch=2)
        told = []
        encoder(support.photographs(images=5), progress=lambda *at: told.append(at))
        self.assertEqual(told, [(2, 5), (4, 5), (5, 5)])
        told.clear()
        files = [support.DATA / "images" / "chelsea_97x60_rgb.png"] * 40
        encoder(files, progress=lambda *at: told.append(at))
        self.assertEqual(told[-1], (40, 40))
        self.assertEqual([done for done, _ in told], sorted({done for done, _ in told}))

    def stopped(self, encoder, images, error, progress):
        """Rows that a stopped call wrote: the first ones, and not all."""
        rows = np.full((len(images), encoder.columns), np.nan, np.float32)
        with self.assertRaises(error):
            encoder(images, out=rows, progress=progress)
        written = ~np.isnan(rows).any(axis=1)
        done = int(written.sum())
        self.assertTrue(written[:done].all())
        self.assertLess(done, len(images))
        return rows[:done]

    def test_are_stopped_by_what_progress_raises(self):
        encoder = visual().encoder(roi="L_V1", subjects="NSD-01", batch=1)
        images = support.photographs(images=30)
        first = self.stopped(encoder, images, ZeroDivisionError, lambda done, _: 1 // (done - 2))
        self.assertGreaterEqual(len(first), 2)
        with self.assertRaisesRegex(ValueError, "must not use the encoder"):
            encoder(images, progress=lambda *_: encoder(images))
        np.testing.assert_array_equal(encoder(images[:len(first)])["NSD-01"], first)

    def test_are_stopped_by_ctrl_c_between_batches(self):
        encoder = visual().encoder(roi="L_V1", subjects="NSD-01", batch=1)

        def interrupt(done, total):
            if done == 1:
                signal.raise_signal(signal.SIGINT)

        self.stopped(encoder, support.photographs(images=30), KeyboardInterrupt, interrupt)

    def test_leave_other_threads_running(self):
        encoder = visual().encoder()
        images = support.photographs(images=16)
        ticks, done = [], threading.Event()

        def tick():
            while not done.wait(0.001):
                ticks.append(1)

        counter = threading.Thread(target=tick)
        before = sys.getswitchinterval()
        sys.setswitchinterval(1000)  # only whoever gives the GIL up lets others run
        try:
            counter.start()
            encoder(images)
            while_computing = len(ticks)
        finally:
            sys.setswitchinterval(before)
            done.set()
            counter.join()
        self.assertGreater(while_computing, 3)

    def test_of_two_threads_on_one_encoder_take_turns(self):
        encoder = visual().encoder(roi="V1")
        images = [support.photographs(seed=seed, images=6) for seed in range(4)]
        expected = [encoder(some)["NSD-01"] for some in images]
        found, seen = [None] * 4, [[] for _ in range(4)]

        def call(k):
            found[k] = encoder(images[k], progress=lambda *at: seen[k].append(at))["NSD-01"]

        threads = [threading.Thread(target=call, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for k in range(4):
            np.testing.assert_array_equal(found[k], expected[k])
            self.assertEqual(seen[k][-1], (6, 6))


if __name__ == "__main__":
    unittest.main()
