"""Records in predictors.json how well scikit-learn's regressors rank held-out NAS-Bench-201 cells.

    python test/reference/record-predictors.py ../shared/data/nas-bench-201.csv.gz [NAME ...]

Needs scikit-learn. For each setting and number of labels: Spearman's rho between predictions and CIFAR-10 validation
accuracy (`c10_val_200`) of 1,000 held-out cells, mean over 20 splits. Features are the one-hot encoding of the six edges (30),
in float32; labels are standardised by those given. Named settings alone are computed anew; the others are kept.

Split s: the whole numbers x(k + 1) = (1664525 x(k) + 1013904223) mod 2^32 from x(0) = s, the first 16 left out, shuffle the
15,625 rows of the table in its order: for i = 0, 1, ... row i changes places with row i + floor(x (15625 - i) / 2^32). The
first 200 rows are the labels, of which smaller numbers are the beginning; the next 1,000 are held out. predictor-ranks.ts
has the same.
"""

import csv
import gzip
import json
import pathlib
import sys
import warnings

import numpy
import sklearn
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor

LABELS = [50, 100, 200]
HELD_OUT = 1000
SPLITS = 20
TARGET = pathlib.Path(__file__).with_name("predictors.json")


def multilayer(widths, patience):
    return lambda seed, _: MLPRegressor(
        hidden_layer_sizes=widths, max_iter=100, alpha=0, n_iter_no_change=patience, random_state=seed
    )


def process(_, width):
    length = numpy.sqrt(width)
    kernel = ConstantKernel(1.0, (1e-5, 1e8)) * Matern(length, (0.03 * length, 100 * length), nu=2.5)
    return GaussianProcessRegressor(kernel + WhiteKernel(0.1, (1e-8, 10)), n_restarts_optimizer=3, random_state=0)


SETTINGS = {
    "ridge": lambda seed, _: Ridge(alpha=1),
    # With every epoch, and with the default stop.
    "mlp-100": multilayer((100, 100), 100),
    "mlp-100-stopped": multilayer((100, 100), 10),
    "mlp-1000": multilayer((1000,) * 4, 10),
    "random-forest": lambda seed, _: RandomForestRegressor(n_estimators=100, random_state=seed, n_jobs=1),
    "random-forest-third": lambda seed, _: RandomForestRegressor(
        n_estimators=100, max_features=1 / 3, max_depth=10, min_samples_leaf=1, random_state=seed
    ),
    "gradient-boosting": lambda seed, _: GradientBoostingRegressor(random_state=seed),
    "histogram-boosting": lambda seed, _: HistGradientBoostingRegressor(min_samples_leaf=5, early_stopping=False),
    "gaussian-process": process,
}


def read_table(path):
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    features = numpy.zeros((len(rows), 30), numpy.float32)
    for i, row in enumerate(rows):
        for edge, operation in enumerate(row["ops"]):
            features[i, 5 * edge + int(operation)] = 1
    return features, numpy.array([float(row["c10_val_200"]) for row in rows])


def split_rows(split, count):
    state = split

    def draw():
        nonlocal state
        state = (1664525 * state + 1013904223) % 2**32
        return state

    for _ in range(16):
        draw()
    rows = list(range(count))
    for i in range(max(LABELS) + HELD_OUT):
        j = i + draw() * (count - i) // 2**32
        rows[i], rows[j] = rows[j], rows[i]
    return rows[: max(LABELS)], rows[max(LABELS) : max(LABELS) + HELD_OUT]


def ranks(values):
    _, inverse, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    return (numpy.cumsum(counts) - (counts - 1) / 2)[inverse]


def correlation(make, name, features, accuracies, split, labels):
    train, held = split_rows(split, len(features))
    train = train[:labels]
    y = accuracies[train]
    y = (y - y.mean()) / y.std()
    x, at = features[train], features[held]
    if name == "gaussian-process":
        scale = x.std(0)
        keep = scale > 0
        x, at = x[:, keep] / scale[keep], at[:, keep] / scale[keep]
    if name.startswith("mlp"):
        y = y.astype(numpy.float32)
    predicted = make(split, x.shape[1]).fit(x, y).predict(at)
    return numpy.corrcoef(ranks(predicted), ranks(accuracies[held]))[0, 1]


def main(table, *names):
    warnings.filterwarnings("ignore")
    features, accuracies = read_table(table)
    recorded = json.loads(TARGET.read_text())["correlations"] if TARGET.exists() else {}
    for name in names or SETTINGS:
        recorded[name] = {"splits": SPLITS}
        for labels in LABELS:
            found = [correlation(SETTINGS[name], name, features, accuracies, split, labels) for split in range(SPLITS)]
            recorded[name][str(labels)] = round(float(numpy.mean(found)), 4)
        content = {"scikit-learn": sklearn.__version__, "correlations": recorded}
        TARGET.write_text(json.dumps(content, indent=2) + "\n")
        print(name, recorded[name], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
