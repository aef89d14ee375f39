#!/usr/bin/env python3
"""Times Pillow and corticast on the way from image files to the network's input, in turns.

Both do the same work with one thread on files in memory, bit for bit the same as far as bytes go:
centre crop, bilinear resize to 224 x 224, ImageNet normalisation to float32. In every round, each
image is first Pillow's (as in compare_pytorch.py, with NumPy), then corticast-bench's:

    bench/peers/compare_pillow.py build/bench/corticast-bench photo.jpg photo.png
    bench/peers/compare_pillow.py build/bench/corticast-bench --sizes 500x375,4000x3000 photo.jpg

--sizes makes JPEGs and PNGs of those sizes, out of the photographs laid side by side with a little
noise, so that they cost what photographs of that size cost. Needs Pillow and NumPy.

Ratios are medians over rounds of Pillow's time by corticast's in the same round:
  resize     Pillow's resize alone by corticast's crop, resize and normalise; the bar is 4
  to bytes   Pillow's open, convert, crop and resize by corticast's file to normalised input
  to floats  the same with Pillow's bytes normalised, too; the bar is 1.5
Exit code 7 if a ratio is below its bar and --strict is given. An image of 224 x 224 has no resize.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import PIL
from PIL import Image, features

SIDE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
BARS = {"resize": 4.0, "to bytes": None, "to floats": 1.5}


def pillow_once(file):
    """Seconds of the resize, until there are bytes, until there are floats."""
    start = time.perf_counter()
    image = Image.open(io.BytesIO(file)).convert("RGB")
    side = min(image.size)
    left, top = (round((length - side) / 2) for length in image.size)
    image = image.crop((left, top, left + side, top + side))
    before = time.perf_counter()
    image = image.resize((SIDE, SIDE), Image.BILINEAR)
    after = time.perf_counter()
    x = np.asarray(image).astype(np.float32) / np.float32(255)
    x = (x - MEAN) / STD
    return after - before, after - start, time.perf_counter() - start


def pillow(path, repetitions):
    with open(path, "rb") as stream:
        file = stream.read()
    pillow_once(file)
    times = [pillow_once(file) for _ in range(repetitions)]
    return [statistics.median(column) for column in zip(*times)]


def corticast(bench, path, repetitions):
    """Seconds of crop, resize and normalise, and from file to floats."""
    command = [bench, "input", "--image", path, "-r", str(repetitions), "-o", "json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = {row["stage"]: row for row in map(json.loads, lines)}
    return (rows["crop, resize, normalise"]["median_ms"] / 1e3,
            rows["file to normalised input"]["median_ms"] / 1e3)


def collage(photographs, width, height, random):
    """Pieces of the photographs, at their own scale, until the canvas is full."""
    canvas = np.zeros((height, width, 3), np.uint8)
    for y in range(0, height, 128):
        for x in range(0, width, 128):
            source = photographs[random.integers(len(photographs))]
            h, w = min(128, height - y), min(128, width - x)
            v = random.integers(max(1, source.shape[0] - h + 1))
            u = random.integers(max(1, source.shape[1] - w + 1))
            piece = source[v:v + h, u:u + w]
            canvas[y:y + piece.shape[0], x:x + piece.shape[1]] = piece
    noisy = canvas + random.normal(0, 1.5, canvas.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def make_images(folder, sizes, photographs):
    random = np.random.default_rng(0)
    sources = [np.asarray(Image.open(path).convert("RGB")) for path in photographs]
    paths = []
    for size in sizes:
        width, height = map(int, size.split("x"))
        image = collage(sources, width, height, random)
        for suffix, options in (("jpg", {"quality": 90}), ("png", {})):
            paths.append(os.path.join(folder, f"{size}.{suffix}"))
            image.save(paths[-1], **options)
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", help="the program corticast-bench")
    parser.add_argument("images", nargs="+")
    parser.add_argument("--sizes", help="make images of these sizes instead, e.g. 500x375,1024x768")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=9, help="of each image in each round")
    parser.add_argument("--strict", action="store_true", help="exit code 7 below a bar")
    arguments = parser.parse_args()

    newer = "zlib_ng" in features.features and features.check("zlib_ng")  # Pillow 11.1 and later
    print(f"Pillow {PIL.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}, "
          f"{'zlib-ng' if newer else 'zlib ' + features.version('zlib')}; NumPy {np.__version__}; "
          f"{arguments.rounds} rounds, medians of {arguments.repetitions}\n")
    print("| image | Pillow: resize ms | to floats ms | corticast: resize, normalise ms | "
          "to floats ms | resize | to bytes | to floats |")
    print("|:--|--:|--:|--:|--:|--:|--:|--:|")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = arguments.images
        if arguments.sizes:
            paths = make_images(folder, arguments.sizes.split(","), arguments.images)
        for path in paths:
            rounds = [pillow(path, arguments.repetitions) +
                      list(corticast(arguments.bench, path, arguments.repetitions))
                      for _ in range(arguments.rounds)]
            resize, _, floats, own_resize, own_floats = map(statistics.median, zip(*rounds))
            ratios = {
                "resize": [r[0] / r[3] for r in rounds],
                "to bytes": [r[1] / r[4] for r in rounds],
                "to floats": [r[2] / r[4] for r in rounds],
            }
            cells = []
            with Image.open(path) as image:
                resized = min(image.size) != SIDE
            for name, values in ratios.items():
                ratio = statistics.median(values)
                if name == "resize" and not resized:
                    cells.append("-")
                    continue
                below = BARS[name] is not None and ratio < BARS[name]
                missed += below
                cells.append(f"{ratio:.2f} ({min(values):.2f} to {max(values):.2f})"
                             f"{' below the bar' if below else ''}")
            print(f"| {os.path.basename(path)} | {resize * 1e3:.3f} | {floats * 1e3:.2f} | "
                  f"{own_resize * 1e3:.3f} | {own_floats * 1e3:.2f} | {' | '.join(cells)} |",
                  flush=True)
    return 7 if missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
