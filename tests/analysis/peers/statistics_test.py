"""corticast score and contrast beside SciPy and scikit-learn on random data, through files."""
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy import stats
    from sklearn import metrics
except ImportError as missing:
    print("not run:", missing)
    sys.exit(77)

IMAGES, COLUMNS = 300, 59412
CATEGORIES = ["face", "house", "car", "word"]


def corticast(folder, *arguments):
    done = subprocess.run([os.environ["CORTICAST_PROGRAM"], *arguments], cwd=folder,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def close(ours, theirs, what):
    error = np.nanmax(np.abs(ours - theirs) / np.maximum(1, np.abs(theirs)))
    assert (np.isnan(ours) == np.isnan(theirs)).all() and error < 1e-6, (what, error)
    print(f"{what}: largest difference {error:.1e}")


def main():
    seed = int.from_bytes(os.urandom(4), "little")
    print("seed", seed)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((IMAGES, COLUMNS), np.float32)
    y = (0.3 * x + rng.standard_normal((IMAGES, COLUMNS), np.float32) + 50).astype(np.float32)
    y[:, 0] = 3
    y[7] = np.nan
    with tempfile.TemporaryDirectory() as folder:
        save = lambda name, a: np.save(os.path.join(folder, name), a)
        load = lambda name: np.load(os.path.join(folder, name)).astype(np.float64)
        save("x.npy", x), save("y.npy", y)
        corticast(folder, "score", "x.npy", "y.npy", "-o", "s.npy", "--match", "order")
        r, r2, explained, n = load("s.npy")
        valid = np.arange(IMAGES) != 7
        a, b = x[valid, 1:].astype(np.float64), y[valid, 1:].astype(np.float64)
        assert np.isnan(r[0]) and np.isnan(r2[0]) and (n == IMAGES - 1).all()
        close(r[1:], stats.pearsonr(a, b).statistic, "r")
        close(r2[1:], metrics.r2_score(b, a, multioutput="raw_values"), "r2")
        close(explained[1:], metrics.explained_variance_score(b, a, multioutput="raw_values"),
              "explained variance")

        category = rng.integers(0, len(CATEGORIES), IMAGES)
        with open(os.path.join(folder, "c.tsv"), "w") as file:
            print("image", "category", sep="\t", file=file)
            for i in range(IMAGES):
                print(f"#{i}", CATEGORIES[category[i]], sep="\t", file=file)
        mask = (rng.random(COLUMNS) < 0.05).astype(np.float32)
        save("mask.npy", mask)
        corticast(folder, "contrast", "y.npy", "--categories", "c.tsv", "--contrast", "face>house",
                  "--mask", "mask.npy", "--by", "t", "--curve", "pr.tsv", "-o", "c.npy")
        difference, t, d, n = load("c.npy")
        face, house = (y[valid & (category == k)].astype(np.float64) for k in (0, 1))
        close(difference, face.mean(0) - house.mean(0), "difference")
        theirs = stats.ttest_ind(face[:, 1:], house[:, 1:], equal_var=False).statistic
        close(t[1:], theirs, "t")
        pooled = ((len(face) - 1) * face.var(0, ddof=1) + (len(house) - 1) * house.var(0, ddof=1)) \
            / (len(face) + len(house) - 2)
        close(d[1:], ((face.mean(0) - house.mean(0)) / np.sqrt(pooled))[1:], "d")
        precision, recall, _ = metrics.precision_recall_curve(mask[1:], t[1:])
        rows = np.genfromtxt(os.path.join(folder, "pr.tsv"), delimiter="\t", skip_header=1,
                             usecols=(2, 3))
        close(rows[:, 0], precision, "precision")
        close(rows[:, 1], recall, "recall")
        out = corticast(folder, "contrast", "y.npy", "--categories", "c.tsv", "--contrast",
                        "face>house", "--mask", "mask.npy", "--by", "t", "--json")
        ours = json.loads(out)["masks"][0]["average_precision"]
        assert abs(ours - metrics.average_precision_score(mask[1:], t[1:])) < 1e-9


if __name__ == "__main__":
    main()
