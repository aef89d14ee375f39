"""Every form of images that users have gives the responses of its pixels."""

import unittest

import numpy as np

import corticast
import support

try:
    import PIL.Image
except ImportError:
    PIL = None


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        model = corticast.load(support.synthetic("visual", "NSD-01,NSD-03"))
        cls.encoder = model.encoder(roi="L_V1", subjects="NSD-01")

    def encode(self, images, **options):
        return self.encoder(images, **options)["NSD-01"]

    def test_as_arrays_of_any_layout(self):
        first = support.photographs((3, 40, 52))
        last = np.ascontiguousarray(np.moveaxis(first, 1, -1))
        expected = self.encode(first)
        padded = np.zeros((3, 3, 50, 60), np.uint8)
        padded[:, :, 5:45, 4:56] = first
        mirrored = np.ascontiguousarray(last[::-1, ::-1, ::-1, ::-1])
        read_only = last.copy()
        read_only.flags.writeable = False
        for given in (last, np.asfortranarray(first), padded[:, :, 5:45, 4:56], list(last),
                      list(first), tuple(first), mirrored[::-1, ::-1, ::-1, ::-1], read_only,
                      [last[0], first[1], np.asfortranarray(last[2])]):
            np.testing.assert_array_equal(self.encode(given), expected)
        np.testing.assert_array_equal(self.encode(last[0]), expected[:1])
        np.testing.assert_array_equal(self.encode(first[0]), expected[:1])

    def test_of_grey(self):
        grey = support.photographs((1, 40, 52))[:, 0]
        expected = self.encode(np.repeat(grey[..., None], 3, axis=-1))
        np.testing.assert_array_equal(self.encode(list(grey)), expected)

    def test_of_several_sizes(self):
        some = [support.photographs(shape, 1)[0] for shape in ((3, 9, 9), (300, 224, 3), (1, 1, 3))]
        together = self.encode(some)
        for row, image in zip(together, some):
            np.testing.assert_array_equal(self.encode(image), row[None])

    def test_are_the_pixels_of_the_command_line(self):
        golden = support.golden("preprocessed")
        files = [str(support.DATA / "images" / str(name)) for name in golden["names"]]
        expected = self.encode(golden["u8"])
        np.testing.assert_array_equal(self.encode(files), expected)
        np.testing.assert_array_equal(self.encode(files[3]), expected[3:4])
        if PIL is None:
            self.skipTest("not run: no Pillow")
        opened = [PIL.Image.open(file) for file in files]
        np.testing.assert_array_equal(self.encode(opened), expected)
        mixed = [opened[0], files[1].encode(), golden["u8"][2]]
        np.testing.assert_array_equal(self.encode(mixed), expected[:3])

    def test_that_cannot_be_used(self):
        file = support.FOLDER / "broken.jpg"
        file.write_bytes(b"\xff\xd8\xff no photograph")
        good = str(support.DATA / "images" / "chelsea_97x60_rgb.png")
        for images, message in (
                ([good, str(file)], "image 1: .*broken.jpg"),
                ([good, "absent.png"], "image 1: absent.png: cannot open"),
                ([np.zeros((9, 9, 3), np.uint8), np.zeros((40000, 1, 3), np.uint8)], "image 1\\b"),
                ([good] * 33 + [np.zeros((40000, 1, 3), np.uint8)], "image 33\\b")):
            with self.assertRaisesRegex(corticast.ImageError, message) as raised:
                self.encode(images)
            self.assertEqual(raised.exception.code, 4)
        for images, message in (
                (np.zeros((2, 3, 9, 3), np.uint8), 'channels="first"'),
                (np.zeros((2, 9, 9, 4), np.uint8), "alpha"),
                (np.zeros((2, 9, 9, 1), np.uint8), "numpy.repeat"),
                (np.zeros((2, 9, 9, 5), np.uint8), "shape"),
                (np.zeros((2, 3, 9, 9), np.int64), "astype"),
                (np.zeros((2, 3, 9, 9), bool), "expected uint8"),
                (np.zeros((2, 3, 9, 9)), "normalised=True"),
                ([np.zeros((3, 9, 9)), np.zeros((3, 9, 9))], "image 0 is float64"),
                (np.zeros(9, np.uint8), "expected"),
                (np.zeros((2, 2, 3, 9, 9), np.uint8), "expected"),
                ([np.zeros((2, 3, 9, 9), np.uint8)], "image 0")):
            with self.assertRaisesRegex(corticast.UsageError, message):
                self.encode(images)

    def test_of_open_shape_when_told(self):
        last = support.photographs((3, 9, 3))
        with_first = self.encode(last, channels="first")
        np.testing.assert_array_equal(with_first, self.encode(np.moveaxis(last, 1, -1),
                                                              channels="last"))
        self.assertFalse(np.array_equal(with_first, self.encode(last, channels="last")))
        with self.assertRaisesRegex(corticast.UsageError, "channels="):
            self.encode(last, channels="middle")


if __name__ == "__main__":
    unittest.main()
