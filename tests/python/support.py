"""Models and images for the tests. Environment: CORTICAST_WEIGHTS_PROGRAM, CORTICAST_TEST_DATA."""

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

import numpy as np

DATA = pathlib.Path(os.environ["CORTICAST_TEST_DATA"])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="corticast-python-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def weights_program(*arguments):
    subprocess.run([os.environ["CORTICAST_WEIGHTS_PROGRAM"], *map(str, arguments)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@functools.lru_cache(None)
def converted(checkpoint):
    """Path of a fixture checkpoint as a model file."""
    path = FOLDER / f"{checkpoint}.corticast"
    weights_program("convert", DATA / "checkpoints" / f"{checkpoint}.pth", "-o", path)
    return path


@functools.lru_cache(None)
def synthetic(vertices, subjects):
    """Path of a model of 8 channels: "visual" or "all", and words for --subjects."""
    path = FOLDER / f"{vertices}.corticast"
    weights_program("synth", "-o", path, "--features", 1, "--vertices", vertices, "--subjects",
                    subjects)
    return path


def golden(name):
    return np.load(DATA / "goldens" / f"{name}.npz")


def relative_l2(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def photographs(shape=(3, 40, 52), images=3, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (images, *shape), np.uint8)
