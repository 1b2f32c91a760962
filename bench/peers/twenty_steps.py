"""Repeats a few training steps that the platform wrote out, and prints PyTorch's losses for comparison.

    python twenty_steps.py folder [--float64]

The folder holds
  manifest.json  {arch, channels, cells, classes, batch: B, steps: S, learningRates: [S], momentum, nesterov,
                  weightDecay, labelSmoothing, parameters: [{name, shape, offset}]}
  weights.bin    float32, offsets counted in elements; running statistics may be left out (then 0 and 1)
  images.bin     float32 [S, B, 3, 32, 32]
  labels.bin     int32 [S, B]
Numbers are little endian. A loss is that of the batch before its step. Weight decay applies to every parameter, batch
normalisation too. PyTorch's momentum buffer holds gradients without the learning rate, and starts as the first one.
"""

import argparse
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F

from nas_bench_201 import Network, load_named


def main():
    options = argparse.ArgumentParser(description="Losses of given training steps in PyTorch")
    options.add_argument("folder")
    options.add_argument("--float64", action="store_true")
    options.add_argument("--threads", type=int, default=1)
    o = options.parse_args()
    torch.set_num_threads(o.threads)
    kind = torch.float64 if o.float64 else torch.float32

    def read(name, dtype):
        return np.fromfile(os.path.join(o.folder, name), dtype)

    with open(os.path.join(o.folder, "manifest.json"), encoding="utf-8") as file:
        m = json.load(file)
    steps, batch = m["steps"], m["batch"]
    weights = read("weights.bin", "<f4")
    images = torch.from_numpy(read("images.bin", "<f4").reshape(steps, batch, 3, 32, 32)).to(kind)
    labels = torch.from_numpy(read("labels.bin", "<i4").reshape(steps, batch).astype(np.int64))
    if len(m["learningRates"]) != steps:
        raise SystemExit("learningRates and steps differ")

    model = Network(m["arch"], m["channels"], m["cells"], m["classes"]).to(kind)
    load_named(model, {p["name"]: weights[p["offset"]:p["offset"] + math.prod(p["shape"])].reshape(p["shape"])
                       for p in m["parameters"]})
    model.train()
    optimiser = torch.optim.SGD(model.parameters(), lr=m["learningRates"][0], momentum=m["momentum"],
                                nesterov=m["nesterov"], weight_decay=m["weightDecay"])
    losses = []
    for x, y, rate in zip(images, labels, m["learningRates"]):
        optimiser.param_groups[0]["lr"] = rate
        optimiser.zero_grad()
        loss = F.cross_entropy(model(x), y, label_smoothing=m.get("labelSmoothing", 0.0))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    print(json.dumps({"losses": losses, "type": "float64" if o.float64 else "float32", "torch": torch.__version__}))


if __name__ == "__main__":
    main()
