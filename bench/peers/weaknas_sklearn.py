"""WeakNAS on NAS-Bench-201 with scikit-learn's MLP, as its released code runs it: which of our differences from it matter?

    python weaknas_sklearn.py --data ../../shared/data --dataset cifar10 --labels random --seeds 1-20

Each run prints one JSON line: samples to its optimum (null beyond --samples), samples when a fit first ranked it first, whether it was drawn then or
not (null where that came later: its plots count it as found then), and the epochs of each fit. --labels table | mean | random: the published
mean after 200 epochs, the mean of the single trainings in nas-bench-201-seeds.csv.gz (for CIFAR-100 of other images), or one of them drawn for each run. --scale table | seen: labels standardised by the whole table, as the released code does, or
by those seen. --stop early | never: scikit-learn's own stop (loss not 1e-4 lower within 10 epochs), or all 100 epochs.
"""

import argparse
import csv
import gzip
import json
import os
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
from sklearn.neural_network import MLPRegressor  # noqa: E402

TRIALS = {"cifar10": "c10_val", "cifar100": "c100_valtest"}
PUBLISHED = {"cifar10": "c10_val_200", "cifar100": "c100_val_200"}
INITIAL, BATCH, TOP = 10, 10, 100


def read(folder, name):
    with gzip.open(os.path.join(folder, name), "rt") as file:
        return list(csv.DictReader(file))


def load(folder, dataset):
    """One-hot encodings [cells, 30], published accuracies [cells], and those of single trainings [cells, 3], NaN where there is none."""
    cells = read(folder, "nas-bench-201.csv.gz")
    encoded = np.zeros((len(cells), 30), np.float32)
    for row, cell in enumerate(cells):
        for edge, operation in enumerate(cell["ops"]):
            encoded[row, 5 * edge + int(operation)] = 1
    names = [f"{TRIALS[dataset]}_s{seed}" for seed in (777, 888, 999)]
    seeds = {row["index"]: row for row in read(folder, "nas-bench-201-seeds.csv.gz")}
    trials = [[float(seeds[cell["index"]][name] or "nan") for name in names] for cell in cells]
    return encoded, np.array([float(cell[PUBLISHED[dataset]]) for cell in cells]), np.array(trials)


def labels_of(published, trials, kind, generator):
    if kind == "table":
        return published
    if kind == "mean":
        return np.nanmean(trials, axis=1)
    order = generator.random(trials.shape)
    order[np.isnan(trials)] = 2
    return trials[np.arange(len(trials)), order.argmin(axis=1)]


def search(encoded, labels, options, generator):
    optimum = labels.max()
    evaluated = list(generator.choice(len(labels), INITIAL, replace=False))
    epochs, ranked_first = [], None
    while True:
        found = [place for place, row in enumerate(evaluated) if labels[row] == optimum]
        if found or len(evaluated) >= options.samples:
            return (found[0] + 1 if found else None), ranked_first, epochs
        scale = labels if options.scale == "table" else labels[evaluated]
        standardised = ((labels[evaluated] - scale.mean()) / scale.std()).astype(np.float32)
        never = {"n_iter_no_change": 100} if options.stop == "never" else {}
        model = MLPRegressor(hidden_layer_sizes=(1000,) * 4, max_iter=100, random_state=int(generator.integers(2**31)), **never)
        model.fit(encoded[evaluated], standardised)
        epochs.append(model.n_iter_)
        ranking = np.argsort(-model.predict(encoded), kind="stable")
        if ranked_first is None and labels[ranking[0]] == optimum:
            ranked_first = len(evaluated)
        known = set(evaluated)
        open_top = [row for row in ranking[:TOP] if row not in known]
        chosen = list(generator.permutation(open_top)[:BATCH])
        rest = (row for row in ranking[TOP:] if row not in known)
        evaluated += chosen + [next(rest) for _ in range(BATCH - len(chosen))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--dataset", default="cifar10", choices=TRIALS)
    parser.add_argument("--labels", default="random", choices=["table", "mean", "random"])
    parser.add_argument("--scale", default="table", choices=["table", "seen"])
    parser.add_argument("--stop", default="early", choices=["early", "never"])
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--seeds", default="1-20")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    encoded, published, trials = load(options.data, options.dataset)
    first, last = (int(number) for number in options.seeds.split("-"))
    for seed in range(first, last + 1):
        generator = np.random.default_rng(seed)
        started = time.process_time()
        samples, ranked_first, epochs = search(encoded, labels_of(published, trials, options.labels, generator), options, generator)
        about = {key: getattr(options, key) for key in ("dataset", "labels", "scale", "stop")}
        seconds = round(time.process_time() - started)
        found = {"found": samples, "rankedFirst": ranked_first}
        print(json.dumps({**about, "seed": seed, **found, "seconds": seconds, "epochs": epochs}), flush=True)


if __name__ == "__main__":
    main()
