"""Workbench and our files: it reports, separates and computes with what we write, and we read what it
writes."""

import pathlib
import subprocess

import support
from support import CORTEX, GRAYORDINATES, LEFT, convert, responses, same_bits

wb_command = support.program("wb_command")
nibabel = support.peer("nibabel")
numpy = support.peer("numpy")


def wb(*arguments):
    result = subprocess.run([wb_command, *arguments], capture_output=True, text=True)
    assert result.returncode == 0, f"{arguments}: {result.returncode}: {result.stdout}{result.stderr}"
    return result.stdout


def check_information(here):
    file = convert(here / "in.npy", here / "whole.dscalar.nii")[0]
    facts = wb("-file-information", file)
    for line in ("CIFTI - Dense Scalar", "29696 out of 32492 vertices", "29716 out of 32492 vertices",
                 "CerebellumRight:            9144 voxels", "2,0,0,90;0,2,0,-126;0,0,2,-72"):
        assert line in facts, (line, facts)
    assert wb("-file-information", file, "-only-map-names").split() == ["#0", "#1", "#2"]
    return file


def check_names(here):
    """Names that XML must escape, and two that are the same."""
    names = ["a/b \u00fc <&>\"'.png", "same", "same"]
    vertices = nibabel.cifti2.BrainModelAxis.from_surface(numpy.arange(9), 32492, "CORTEX_LEFT")
    image = nibabel.Cifti2Image(numpy.zeros((3, 9), "f4"),
                                (nibabel.cifti2.ScalarAxis(names), vertices))
    nibabel.save(image, here / "names.dscalar.nii")
    cifti = convert(here / "names.dscalar.nii", here / "ours.dscalar.nii")[0]
    gifti = convert(here / "names.dscalar.nii", here / "ours.func.gii")
    assert [file.name for file in gifti] == ["ours_hemi-L.func.gii"]
    for file in (cifti, *gifti):
        assert wb("-file-information", file, "-only-map-names").splitlines()[:3] == names, file


def check_statistics(here, values):
    """Of a file without NaN, as --fill 0 makes it."""
    file = convert(here / "in.npy", here / "filled.dscalar.nii", "--fill0")[0]
    filled = numpy.nan_to_num(values)
    for operation, expected in (("MEAN", filled.mean(1, "f8")), ("MAX", filled.max(1)),
                                ("STDEV", filled.std(1, "f8"))):
        found = [float(line) for line in wb("-cifti-stats", file, "-reduce", operation).split()]
        assert numpy.allclose(found, expected, rtol=1e-4, atol=1e-6), (operation, found, expected)
    wb("-cifti-math", "2 * x + 1", here / "math.dscalar.nii", "-var", "x", file)
    convert(here / "math.dscalar.nii", here / "math.npy")
    assert numpy.allclose(numpy.load(here / "math.npy"), 2 * filled + 1, rtol=1e-6)


def check_separation(here, values, file):
    """Its metrics have our values, and ours have its; voxels are where it puts them."""
    wb("-cifti-separate", file, "COLUMN", "-metric", "CORTEX_LEFT", here / "l.func.gii",
       "-metric", "CORTEX_RIGHT", here / "r.func.gii", "-volume-all", here / "volume.nii")
    own = convert(here / "in.npy", here / "own.func.gii", "--fill0")
    for side, ours, part in (("l", own[0], values[:, :LEFT]), ("r", own[1], values[:, LEFT:CORTEX])):
        theirs = here / f"{side}.func.gii"
        convert(theirs, here / "again.npy")
        assert same_bits(numpy, numpy.load(here / "again.npy"), part)
        ours, theirs = nibabel.load(ours), nibabel.load(theirs)
        for a, b in zip(ours.darrays, theirs.darrays):
            assert same_bits(numpy, a.data, numpy.nan_to_num(b.data))
            assert a.intent == b.intent and a.meta["Name"] == b.meta["Name"]
        assert ours.meta["AnatomicalStructurePrimary"] == theirs.meta["AnatomicalStructurePrimary"]
        wb("-metric-math", "x + 0", here / "copy.func.gii", "-var", "x",
           here / f"own_hemi-{side.upper()}.func.gii")
    # What it makes of two metrics, medial wall and all, is the cortex to us.
    wb("-cifti-create-dense-scalar", here / "made.dscalar.nii", "-left-metric", here / "l.func.gii",
       "-right-metric", here / "r.func.gii")
    convert(here / "made.dscalar.nii", here / "made.npy")
    assert same_bits(numpy, numpy.load(here / "made.npy"), values[:, :CORTEX])
    # And back from metrics and volume: each voxel is where Workbench puts it.
    wb("-cifti-create-dense-from-template", file, here / "back.dscalar.nii", "-volume-all",
       here / "volume.nii", "-metric", "CORTEX_LEFT", here / "l.func.gii", "-metric", "CORTEX_RIGHT",
       here / "r.func.gii")
    convert(here / "back.dscalar.nii", here / "back.npy")
    assert same_bits(numpy, numpy.load(here / "back.npy"), values)


def check_cortex(here, values):
    file = convert(here / "in.npy", here / "cortex.dscalar.nii", "--cortex")[0]
    wb("-cifti-separate", file, "COLUMN", "-metric", "CORTEX_RIGHT", here / "right.func.gii")
    convert(here / "right.func.gii", here / "right.npy")
    assert same_bits(numpy, numpy.load(here / "right.npy"), values[:, LEFT:CORTEX])


def check_transposed(here, values, file):
    """Dense along the rows, which Workbench can write as well."""
    wb("-cifti-transpose", file, here / "transposed.dscalar.nii")
    convert(here / "transposed.dscalar.nii", here / "transposed.npy")
    assert same_bits(numpy, numpy.load(here / "transposed.npy"), values)


with support.folder() as temporary:
    folder = pathlib.Path(temporary)
    example = responses(numpy, 3, GRAYORDINATES)
    numpy.save(folder / "in.npy", example)
    whole = check_information(folder)
    check_names(folder)
    check_statistics(folder, example)
    check_separation(folder, example, whole)
    check_cortex(folder, example)
    check_transposed(folder, example, whole)
print("Workbench agrees:", " ".join(wb("-version").split()[:8]))
