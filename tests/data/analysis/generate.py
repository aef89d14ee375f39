"""Goldens of engine/analysis: statistics of awkward float32 data by NumPy, SciPy and scikit-learn
in float64. Writes statistics.npz beside itself.

    build-tools/peers/bin/python tests/data/analysis/generate.py
"""
import os
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics

IMAGES = 150
rng = np.random.default_rng(20)


def pairs():
    """Predicted and measured [images, columns], one kind of trouble per column."""
    noise = lambda scale=1.0: rng.standard_normal(IMAGES) * scale
    signal = noise()
    half = np.where(np.arange(IMAGES) % 2 == 0, np.nan, 1.0)
    first = lambda n: np.where(np.arange(IMAGES) < n, 1.0, np.nan)
    infinite = noise()
    infinite[[3, 70]] = np.inf, -np.inf
    columns = [
        (signal, signal + noise()),                       # ordinary
        (signal + 1e6, signal + noise() - 1e6),           # offsets far above the variance
        (1e7 + signal * 4, 1e7 + signal * 3 + noise(2)),  # variance of a few float32 steps
        (signal * 1e-20, (signal + noise()) * 1e-20),     # tiny
        (signal * 1e15, (signal + noise()) * 1e15),       # large
        (signal * 1e-6, signal + noise()),                # scales that differ
        (signal * 1e4, signal + noise()),
        (signal, signal),                                 # the best there is
        (signal, -signal),
        (signal, 2 * signal + 3),
        (np.full(IMAGES, 0.1), signal),                   # no variance
        (signal, np.full(IMAGES, 0.1)),
        (np.full(IMAGES, 1.0), np.full(IMAGES, 1.0)),
        (signal, (signal + noise()) * half),              # measured every other time
        (signal * half, signal + noise()),
        (signal, np.full(IMAGES, np.nan)),                # never
        (signal, (signal + noise()) * first(1)),          # once
        (signal, (signal + noise()) * first(2)),          # twice
        (signal, infinite),
        (signal + np.arange(IMAGES) * 1e3, signal + noise() + np.arange(IMAGES)),  # a drift
    ]
    x = np.array([c[0] for c in columns], np.float32).T.copy()
    y = np.array([c[1] for c in columns], np.float32).T.copy()
    x[17] = np.nan  # an image that failed
    return x, y


def scores(x, y):
    out = np.full((4, x.shape[1]), np.nan)
    for c in range(x.shape[1]):
        valid = np.isfinite(x[:, c]) & np.isfinite(y[:, c])
        a, b = x[valid, c].astype(np.float64), y[valid, c].astype(np.float64)
        out[3, c] = valid.sum()
        if valid.sum() < 2 or np.ptp(b) == 0:
            continue
        out[1, c] = metrics.r2_score(b, a)
        out[2, c] = metrics.explained_variance_score(b, a)
        if np.ptp(a) > 0:
            out[0, c] = stats.pearsonr(a, b)[0]
    return out


def contrast(values, above, below):
    """Mean of means, Welch's t of any number of groups, pooled Cohen's d; one vertex."""
    groups = [(1 / len(above), g) for g in above] + [(-1 / len(below), g) for g in below]
    groups = [(w, values[g][np.isfinite(values[g])].astype(np.float64)) for w, g in groups]
    n = sum(len(g) for _, g in groups)
    if any(len(g) == 0 for _, g in groups):
        return np.nan, np.nan, np.nan, n
    difference = sum(w * g.mean() for w, g in groups)
    t = d = np.nan
    squares = sum(((g - g.mean()) ** 2).sum() for _, g in groups)
    freedom = sum(len(g) - 1 for _, g in groups)
    if freedom > 0 and squares > 0:
        d = difference / np.sqrt(squares / freedom)
    if all(len(g) > 1 for _, g in groups) and squares > 0:
        t = difference / np.sqrt(sum(w * w * g.var(ddof=1) / len(g) for w, g in groups))
        if len(groups) == 2:  # what SciPy has a name for
            assert np.isclose(t, stats.ttest_ind(groups[0][1], groups[1][1], equal_var=False)[0],
                              rtol=1e-9)
    return difference, t, d, n


def contrasts(y, category):
    member = lambda k: np.flatnonzero(category == k)
    join = lambda *ks: np.flatnonzero(np.isin(category, ks))
    cases = [
        ([member(0)], [member(1)]),                          # two categories
        ([member(0), member(1)], [member(2), member(3)]),    # means of means
        ([join(0, 1)], [join(2, 3)]),                        # the same by images
        ([member(0)], [member(4)]),                          # a single image
    ]
    return np.array([[contrast(y[:, c], a, b) for c in range(y.shape[1])] for a, b in cases])


def summary(values):
    ordered = np.sort(values[np.isfinite(values)].astype(np.float64))
    n = len(ordered)
    z = stats.norm.ppf(0.995)
    low = max(1, int(np.round((n + 1) / 2 - z * np.sqrt(n / 4))))
    error = (ordered[n - low] - ordered[low - 1]) / (2 * z) if n > 1 else np.nan
    return [n, ordered.mean(), np.median(ordered), stats.sem(ordered) if n > 1 else np.nan, error]


def main():
    x, y = pairs()
    out = {"x": x, "y": y, "scores": scores(x, y)}
    category = rng.choice(4, IMAGES, p=[0.4, 0.3, 0.2, 0.1]).astype(np.int64)
    category[100] = 4
    category[:5] = -1  # of none
    out["category"] = category
    out["contrasts"] = contrasts(y, category)
    score = np.round(rng.standard_normal(600) * 3).astype(np.float32)  # many ties
    mask = (score + rng.standard_normal(600) * 4 > 4).astype(np.float32)
    score[7], mask[9] = np.nan, np.nan
    valid = np.isfinite(score) & np.isfinite(mask)
    precision, recall, thresholds = metrics.precision_recall_curve(mask[valid], score[valid])
    out.update(pr_score=score, pr_mask=mask, pr_precision=precision, pr_recall=recall,
               pr_thresholds=thresholds.astype(np.float64))
    f1 = 2 * precision[:-1] * recall[:-1] / np.maximum(precision[:-1] + recall[:-1], 1e-300)
    out["pr_numbers"] = np.array([metrics.average_precision_score(mask[valid], score[valid]),
                                  f1.max(), thresholds[f1.argmax()]])
    values = (rng.standard_gamma(2, 1001) + 1e4).astype(np.float32)
    sizes = np.array([1, 2, 3, 5, 12, 1000, 1001], np.int64)
    out.update(values=values, sizes=sizes,
               summaries=np.array([summary(values[:n]) for n in sizes]))
    np.savez_compressed(os.path.join(os.path.dirname(os.path.abspath(__file__)), "statistics.npz"),
                        **out)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
