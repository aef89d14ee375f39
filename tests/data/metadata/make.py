"""Writes the small fixtures beside it: python3 make.py NAME.npy, with NumPy 1 and with NumPy 2.

The layout of BERG's metadata of one subject, without noise ceilings (365 kB each).
"""
import sys

import numpy as np

names = np.array(["a b.jpg", "d/\u00e9.jpg", "c.jpg"], dtype=object)
subject = {
    "fmri": {
        "participant_id": "sub-01", "age": 27, "sex": "F", "weight": np.float64(61.5),
        "sessions": np.int64(40), "missing": None,
        "filenames": names, "alias": np.array(["x", None, float("nan")], dtype=object),
        "source": np.array(["coco", "\u00e9t\u00e9", ""]),
        "train_idx": np.array([0, 2]), "test_idx": np.array([1], dtype=">i4"),
        "train_filenames": names[[0, 2]], "test_filenames": names[[1]],
        "reps": np.array([3.0, np.nan, 1.0]),
        "roi": {"L_V1": np.array([1, 2, 3]), "R_V1": np.array([4])},
    },
    "encoding_models": {"vertex_mapping_all": np.arange(4, dtype=np.int32)},
}
np.save(sys.argv[1], subject, allow_pickle=True)
