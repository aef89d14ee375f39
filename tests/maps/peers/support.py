"""What the tests against other programs share: our converter, example values, and whether a peer is there."""

import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

GRAYORDINATES, CORTEX, LEFT, MESH = 91282, 59412, 29696, 32492


def peer(module):
    """The Python module, or the end of the test as one that was not run."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        not_run(f"{error} (third_party/setup.sh peers installs it)")


def program(name):
    path = shutil.which(name)
    return path or not_run(f"no {name} (third_party/setup.sh peers installs it)")


def not_run(why):
    print("not run:", why)
    sys.exit(77)


def convert(source, destination, *options):
    """The files that our converter makes of a file of maps."""
    command = [os.environ["CONVERT_MAPS"], source, destination, *options]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}: {result.returncode}: {result.stderr}"
    return [pathlib.Path(line) for line in result.stdout.splitlines()]


def responses(numpy, maps, columns):
    """float32 [maps, columns] of random bits' worth of values, some of them NaN."""
    values = numpy.random.default_rng(maps).standard_normal((maps, columns)).astype("f4")
    values[:, ::1001] = numpy.nan
    return values


def same_bits(numpy, ours, theirs):
    """Whether two float32 arrays agree in every bit, one NaN being as good as another."""
    ours, theirs = numpy.asarray(ours, "f4"), numpy.asarray(theirs, "f4")
    return ours.shape == theirs.shape and numpy.array_equal(ours, theirs, equal_nan=True)


def folder():
    return tempfile.TemporaryDirectory(prefix="corticast-maps-")
