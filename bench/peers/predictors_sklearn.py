"""Seconds that scikit-learn's MLPRegressor of 4 x 1000 takes to predict rows of zeros and ones in float32.

    python predictors_sklearn.py --rows 423624 --width 45

Prints one JSON object. Fitting is not timed; one prediction of 4,096 rows warms up first.
"""

import argparse
import json
import time
import warnings

import numpy
from sklearn.neural_network import MLPRegressor

options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
options.add_argument("--rows", type=int, default=423624)
options.add_argument("--width", type=int, default=45)
given = options.parse_args()

warnings.filterwarnings("ignore")
draws = numpy.random.default_rng(1)
few = draws.integers(0, 2, (100, given.width)).astype(numpy.float32)
model = MLPRegressor(hidden_layer_sizes=(1000,) * 4, max_iter=2, random_state=1)
model.fit(few, draws.random(100).astype(numpy.float32))
rows = draws.integers(0, 2, (given.rows, given.width)).astype(numpy.float32)
model.predict(rows[:4096])
started = time.perf_counter()
predicted = model.predict(rows)
seconds = time.perf_counter() - started
assert predicted.dtype == numpy.float32
print(json.dumps({"rows": given.rows, "width": given.width, "seconds": seconds}))
