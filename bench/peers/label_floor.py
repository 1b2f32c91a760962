"""How early a predictor that saw all other labels would propose the best cells of nas-bench-101-20k: a floor for any search by prediction.

    python label_floor.py --data ../../shared/data --epochs 36,108

Each cell's label after --epochs is predicted by models that were fitted to four fifths of the 20,001 cells without it (5-fold
cross-validation; histogram gradient boosting and extremely randomised trees on counts and encodings, their standardised predictions added).
A line of JSON each: the predicted ranks of the ten best cells, best first, the geometric mean of those of the 50 best, and Spearman's rho.
A search that evaluates in the order of such predictions needs as many samples as that rank says.
"""

import argparse
import csv
import gzip
import json
import os

import numpy as np
from scipy.stats import norm, rankdata, spearmanr
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.model_selection import KFold


def features(row):
    """Adjacency bits and operations, padded to 7 vertices; counts of operations, edges and the operations that follow each other; parameters."""
    vertices, bits = int(row["vertices"]), int(row["adj_bits"])
    operations = [3, *map(int, row["ops"]), 4]
    encoded, pairs = np.zeros(21 + 5 * 4), np.zeros((5, 5))
    for column in range(1, vertices):
        for source in range(column):
            if bits >> (source + column * (column - 1) // 2) & 1:
                encoded[source + column * (column - 1) // 2] = 1
                pairs[operations[source], operations[column]] += 1
    for place, operation in enumerate(operations[1:-1]):
        encoded[21 + 4 * place + operation] = 1
    counts = [operations.count(kind) for kind in range(3)]
    return np.concatenate([encoded, pairs.ravel(), depths(vertices, bits, operations), counts, [np.log(float(row["params"]))]])


def depths(vertices, bits, operations):
    """The longest path from input to output in vertices, in 3x3 and in 1x1 convolutions."""
    longest = np.full((vertices, 3), -np.inf)
    longest[0] = 0
    for column in range(1, vertices):
        own = np.array([1, operations[column] == 0, operations[column] == 1], float)
        for source in range(column):
            if bits >> (source + column * (column - 1) // 2) & 1:
                longest[column] = np.maximum(longest[column], longest[source] + own)
    return longest[-1]


def standardised(values):
    return (values - values.mean()) / values.std()


def scaled(labels):
    """As the platform scales them: normal scores of the ranks, and accuracies of which those far below the median are drawn in."""
    median = np.median(labels)
    drawn_in = np.maximum(labels, median - 2 * (labels.max() - median))
    return standardised(drawn_in) + norm.ppf((rankdata(labels) - 0.5) / len(labels))


def predicted(inputs, labels):
    result = np.zeros(len(labels))
    for train, test in KFold(5, shuffle=True, random_state=0).split(inputs):
        models = [
            HistGradientBoostingRegressor(max_iter=400, learning_rate=0.06, random_state=0),
            ExtraTreesRegressor(100, min_samples_leaf=2, max_features=0.5, n_jobs=-1, random_state=0),
        ]
        result[test] = sum(standardised(model.fit(inputs[train], labels[train]).predict(inputs[test])) for model in models)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with nas-bench-101-20k.csv.gz")
    parser.add_argument("--epochs", default="108")
    options = parser.parse_args()
    with gzip.open(os.path.join(options.data, "nas-bench-101-20k.csv.gz"), "rt") as file:
        rows = list(csv.DictReader(file))
    inputs = np.array([features(row) for row in rows])
    for epochs in options.epochs.split(","):
        labels = np.array([float(row[f"val_{epochs}"]) for row in rows])
        prediction = predicted(inputs, scaled(labels))
        ranks = len(labels) + 1 - rankdata(prediction)
        best = np.argsort(-labels)
        print(json.dumps({
            "epochs": int(epochs),
            "ranks_of_the_ten_best": ranks[best[:10]].astype(int).tolist(),
            "geometric_mean_of_fifty": round(float(np.exp(np.log(ranks[best[:50]]).mean())), 1),
            "spearman": round(float(spearmanr(prediction, labels)[0]), 4),
        }), flush=True)


if __name__ == "__main__":
    main()
