"""What corticast exports, read by MOSAIC's own loaders and by NumPy: every value, bit for bit."""

import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import mosaic.constants
    import numpy as np
    from mosaic.datasets import MergedDataset, SingleSubjectDataset
    from mosaic.utils.parcellation import parse_betas
except ImportError as missing:
    print(f"not run: {missing} (third_party/setup.sh peers installs MOSAIC's package)")
    sys.exit(77)

DATA = pathlib.Path(os.environ["CORTICAST_TEST_DATA"]) / "images"


def run(program, *arguments):
    result = subprocess.run([os.environ[program], *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode in (0, 4), f"{arguments}: {result.returncode}: {result.stderr}"
    return result.stdout.splitlines()


def same_bits(ours, theirs):
    return ours.dtype == theirs.dtype and np.array_equal(ours, theirs, equal_nan=True)


def in_areas(betas, area):
    return parse_betas(betas=betas)[area]


with tempfile.TemporaryDirectory(prefix="corticast-mosaic-") as name:
    folder = pathlib.Path(name)
    photographs = folder / "photographs"
    (photographs / "z space").mkdir(parents=True)
    for index, image in enumerate(sorted(DATA.glob("astro*.jpg"))[:3]):
        # In MOSAIC's listing the order of the run, not that of the alphabet.
        os.symlink(image, photographs / ("b.jpg", "z space/a%.jpg", "ä.jpg")[index])
    (photographs / "bad.jpg").write_text("no image")
    run("CORTICAST_WEIGHTS_PROGRAM", "synth", "-o", folder / "m", "--features", 1, "--vertices", "all",
        "--subjects", "NSD-01,NSD-02", "--seed", 1)
    run("CORTICAST_PROGRAM", "encode", photographs, "-m", folder / "m", "-o", folder / "r.h5")
    with h5py.File(folder / "r.h5") as file:
        names = file["images/path"].asstr()[:].tolist()
        grayordinates = file["vertices/grayordinate"][:]
        responses = [file[f"responses/NaturalScenesDataset/sub-0{i}"][:] for i in (1, 2)]
    expected = np.full((2, len(names), 91282), np.nan, "f4")
    expected[:, :, grayordinates] = responses

    files = run("CORTICAST_PROGRAM", "export", folder / "r.h5", "-o", folder / "x.h5", "--format", "mosaic")
    assert len(files) == 2
    for subject, path in enumerate(files):
        dataset = MergedDataset(path)
        assert len(dataset) == len(names)
        for index in range(len(dataset)):
            item = dataset[index]
            assert item["name"] == names[index].replace("%", "%25").replace("/", "%2F"), item["name"]
            for area in ("L_V1", "R_FFC", "L_H"):
                assert same_bits(item["betas"][area], in_areas(expected[subject, index], area)), area
            whole = dataset.data["betas"][item["name"]]
            assert same_bits(whole[:], expected[subject, index])
            assert whole.attrs["presented_stimulus_filename"] == names[index]

    # Under the name that MOSAIC gives a subject's file, its loader takes it for downloaded.
    own = mosaic.constants.subject_id_to_file_mapping["NaturalScenesDataset"][2]
    os.rename(files[1], folder / own)
    single = SingleSubjectDataset(str(folder), "NaturalScenesDataset", 2, parse_betas=False)
    assert all(same_bits(single[i]["betas"], expected[1, i]) for i in range(len(names)))
    print(f"{2 * len(names)} stimuli read by MOSAIC's loaders, every value equal")

    for fill, value in (("nan", np.nan), ("0", 0)):
        paths = run("CORTICAST_PROGRAM", "encode", photographs, "-m", folder / "m", "--expand", "--force",
                    "-o", folder / "x.npy", "--fill", fill)
        for subject, path in enumerate(paths):
            array = np.load(path)
            filled = expected[subject].copy()
            good = ~np.isnan(filled).all(axis=1)
            filled[good] = np.where(np.isnan(filled[good]), np.float32(value), filled[good])
            assert good.sum() == 3 and same_bits(array, filled), (path, fill)
    print("NumPy reads the same values from .npy")
