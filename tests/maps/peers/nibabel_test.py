"""nibabel and our files: every value of what we write, what each grayordinate is, and what it writes."""

import pathlib

import support
from support import CORTEX, GRAYORDINATES, LEFT, MESH, convert, responses, same_bits

nibabel = support.peer("nibabel")
numpy = support.peer("numpy")


def check_cifti(folder, maps, columns, *options):
    values = responses(numpy, maps, columns)
    numpy.save(folder / "in.npy", values)
    files = convert(folder / "in.npy", folder / "out.dscalar.nii", *options)
    assert len(files) == -(-maps // 256), files
    rows = CORTEX if "--cortex" in options else GRAYORDINATES
    found = []
    for file in files:
        image = nibabel.load(file)
        assert isinstance(image, nibabel.Cifti2Image) and image.shape[1] == rows
        assert image.get_data_dtype() == numpy.float32
        scalars, brain = image.header.get_axis(0), image.header.get_axis(1)
        start = sum(len(part) for part in found)
        assert list(scalars.name) == [f"#{i}" for i in range(start, start + image.shape[0])]
        assert len(brain) == rows and brain.volume_shape == (None if rows == CORTEX else (91, 109, 91))
        found.append(numpy.asarray(image.dataobj))
    expected = numpy.full((maps, rows), numpy.nan, "f4")
    expected[:, : min(columns, rows)] = values[:, :rows]
    assert same_bits(numpy, numpy.concatenate(found), expected), (maps, columns, options)
    # And back by ours.
    convert(files[0], folder / "again.npy")
    assert same_bits(numpy, numpy.load(folder / "again.npy"), expected[:256])
    return brain


def check_gifti(folder):
    values = responses(numpy, 3, CORTEX)
    numpy.save(folder / "in.npy", values)
    for file, side, part in zip(convert(folder / "in.npy", folder / "out.func.gii"), "LR",
                                (values[:, :LEFT], values[:, LEFT:])):
        image = nibabel.load(file)
        assert image.meta["AnatomicalStructurePrimary"] == {"L": "CortexLeft", "R": "CortexRight"}[side]
        assert [array.meta["Name"] for array in image.darrays] == ["#0", "#1", "#2"]
        assert image.darrays[0].intent == 11 and image.darrays[0].data.shape == (MESH,)
        mesh = numpy.stack([array.data for array in image.darrays])
        vertices = check_gifti.brain.vertex[slice(0, LEFT) if side == "L" else slice(LEFT, CORTEX)]
        assert same_bits(numpy, mesh[:, vertices], part)
        assert numpy.isnan(numpy.delete(mesh, vertices, axis=1)).all()
        # nibabel's own encodings, read by ours.
        for encoding in ("GIFTI_ENCODING_ASCII", "GIFTI_ENCODING_B64BIN", "GIFTI_ENCODING_B64GZ"):
            for array in image.darrays:
                array.encoding = nibabel.gifti.gifti.gifti_encoding_codes.code[encoding]
            nibabel.save(image, folder / "theirs.func.gii")
            convert(folder / "theirs.func.gii", folder / "again.npy")
            again = numpy.load(folder / "again.npy")
            close = numpy.allclose(again, part, rtol=1e-5, atol=1e-6, equal_nan=True)  # six digits
            assert close if encoding == "GIFTI_ENCODING_ASCII" else same_bits(numpy, again, part)


def check_theirs(folder, brain):
    """Files as nibabel writes them: names, types, scaling, byte order, series, parts of the brain."""
    axes = nibabel.cifti2.cifti2_axes
    values = responses(numpy, 2, GRAYORDINATES)
    names = ["a/b ü <&>\"'.png", "two  blanks"]
    for dtype in ("f4", "f8", "i2"):
        data = numpy.round(numpy.nan_to_num(values) * 100) if dtype == "i2" else values
        image = nibabel.Cifti2Image(data.astype(dtype), (axes.ScalarAxis(names), brain))
        nibabel.save(image, folder / "theirs.dscalar.nii")
        convert(folder / "theirs.dscalar.nii", folder / "again.npy")
        assert same_bits(numpy, numpy.load(folder / "again.npy"), data)
    ours = nibabel.load(convert(folder / "theirs.dscalar.nii", folder / "ours.dscalar.nii")[0])
    assert list(ours.header.get_axis(0).name) == names
    part = brain[numpy.r_[100:60000:7, 90000:91282][::-1]]
    series = axes.SeriesAxis(0, 1, 2)
    data = responses(numpy, 2, len(part))
    nibabel.save(nibabel.Cifti2Image(data, (series, part)), folder / "theirs.dtseries.nii")
    whole = nibabel.load(convert(folder / "theirs.dtseries.nii", folder / "ours.dscalar.nii")[0])
    expected = numpy.full((2, GRAYORDINATES), numpy.nan, "f4")
    expected[:, numpy.r_[100:60000:7, 90000:91282][::-1]] = data
    assert same_bits(numpy, whole.dataobj, expected)


with support.folder() as temporary:
    here = pathlib.Path(temporary)
    whole_brain = check_cifti(here, 3, GRAYORDINATES)
    check_cifti(here, 1, 7831 + 51581)  # the cortex
    check_cifti(here, 300, CORTEX, "--cortex")
    check_cifti(here, 2, GRAYORDINATES, "--cortex")
    check_gifti.brain = whole_brain
    check_gifti(here)
    check_theirs(here, whole_brain)
print("nibabel", nibabel.__version__, "agrees")
