"""NASWOT scores of NAS-Bench-201 cells in PyTorch, and how long they take.

    python naswot.py --arch-file cells.txt --data cifar10-train4000.bin.gz --procedure published --threads 2
    python naswot.py --table nas-bench-201.csv.gz --count 50 --seed 1 --data cifar10-train4000.bin.gz \
        --procedure forward-only --gram int8 --processes 2 --threads 1

published     a training-mode forward and backward pass of ones; backward hooks mark the ReLUs they visit; in a second
              forward pass (gradients still on) hooks add X Xt + (1-X)(1-X)t of each marked ReLU to K.
forward-only  the same K from one forward pass without gradients, as lean as PyTorch makes it: one product of 0/1
              matrices per distinct code (a node that feeds k convolutions counts k times but is multiplied once),
              each node's ReLU once, zero nodes and convolutions that no code depends on left out.

One JSON line a cell {index, arch, value, seconds}: value is log |det K|, null where K is singular (the score is then
minus infinity); seconds include building the model. Then one summary line. In it cells_per_second is over the wall
clock from the first process's start after the barrier to the last one's end, and seconds_per_cell_mean is the mean of
the cells' own seconds: with several processes at once the two differ.
PyTorch's best way on a machine has to be found: on 2 cores try --processes 1 --threads 2 against --processes 2
--threads 1, each with and without --channels-last, --merge and --gram int8.
"""

import argparse
import csv
import gzip
import json
import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import side_by_side
from nas_bench_201 import KERNEL, Network, normalise, read_cifar


def log_determinant(k):
    return float(np.linalg.slogdet(k)[1])


# ---------------------------------------------------------------- published procedure

def published(model, images):
    n = len(images)
    total = [np.zeros((n, n))]
    visited = set()

    def on_backward(module, *_):
        visited.add(module)

    def on_forward(module, inputs, _):
        if module in visited:
            x = (inputs[0].view(n, -1) > 0).float()
            ones = x @ x.t()
            zeros = (1.0 - x) @ (1.0 - x.t())
            total[0] = total[0] + ones.cpu().numpy() + zeros.cpu().numpy()

    for module in model.modules():
        if isinstance(module, torch.nn.ReLU):
            module.register_forward_hook(on_forward)
            module.register_backward_hook(on_backward)

    second = images.clone()
    first = images.clone().requires_grad_(True)  # the released code also takes the input's gradient
    output = model(first)
    output.backward(torch.ones_like(output))
    model(second)
    return log_determinant(total[0])


# ---------------------------------------------------------------- forward only

class Overlap:
    """Gathers G = sum of B Bt over 0/1 codes B. With U units in all and d = diag G, K = U - d_i - d_j + 2 G."""

    def __init__(self, n, gram):
        self.n, self.units, self.int8 = n, 0, gram == "int8"
        # Float is exact too: every entry is a whole number below 2^24 (checked at the end).
        self.sum = torch.zeros(n, n, dtype=torch.int32 if self.int8 else torch.float32)

    def add(self, x, units, times=1):
        """Counts the codes of x, an input of `times` ReLUs; x None stands for zeros, on which all images agree."""
        self.units += times * units
        if x is None:
            return
        if x.is_contiguous(memory_format=torch.channels_last):
            x = x.permute(0, 2, 3, 1)  # the order of units does not matter, so avoid a copy
        x = x.reshape(self.n, -1)
        if self.int8:
            b = (x > 0).view(torch.int8)
            self.sum.add_(torch._int_mm(b, b.t()), alpha=times)
        else:
            b = torch.gt(x, 0, out=torch.empty_like(x))
            self.sum.addmm_(b, b.t(), alpha=times)

    def matrix(self):
        assert self.int8 or self.units < 2 ** 24
        g = self.sum.double().numpy()
        d = g.diagonal()
        return self.units - d[:, None] - d[None, :] + 2 * g


def conv_norm(x, edges):
    """relu'd x through several conv edges of one shape as one convolution, batch statistics, no running ones."""
    if len(edges) == 1:
        weight, gamma, beta = edges[0].conv.weight, edges[0].norm.weight, edges[0].norm.bias
    else:
        weight, gamma, beta = (torch.cat(parts) for parts in (
            [e.conv.weight for e in edges], [e.norm.weight for e in edges], [e.norm.bias for e in edges]))
    conv = edges[0].conv
    y = F.batch_norm(F.conv2d(x, weight, None, conv.stride, conv.padding), None, None, gamma, beta, True)
    return y.chunk(len(edges), 1) if len(edges) > 1 else (y,)


def pass_cell(cell, x, units, overlap, merge):
    operations = cell.operations
    # A node must be computed if it is the output, feeds a ReLU, or reaches such a node unchanged or pooled.
    needed = {3}
    for node in (2, 1):
        for target in range(node + 1, 4):
            operation = operations[target, node]
            if operation in KERNEL or (operation != "none" and target in needed):
                needed.add(node)

    nodes = [x, None, None, None]  # None is zero; it stays zero through every edge, as beta is 0 at the start
    owned = [False] * 4            # whether a node's memory is its own, so that a sum may go in place

    def put(target, y, own):
        if nodes[target] is None:
            nodes[target], owned[target] = y, own
        elif owned[target]:
            nodes[target].add_(y)
        elif own:
            nodes[target], owned[target] = y.add_(nodes[target]), True
        else:
            nodes[target], owned[target] = nodes[target] + y, True

    for source in range(3):
        node = nodes[source]
        out = [(target, operations[target, source]) for target in range(source + 1, 4)]
        convs = [(target, operation) for target, operation in out if operation in KERNEL]
        if convs:
            overlap.add(node, units, len(convs))
        if node is None:
            continue
        convs = [(target, operation) for target, operation in convs if target in needed]
        groups = {}
        for target, operation in convs:
            groups.setdefault(operation if merge else target, []).append(target)
        positive = F.relu(node) if convs else None
        for targets in groups.values():
            results = conv_norm(positive, [cell.edge(target, source) for target in targets])
            for target, y in zip(targets, results):
                put(target, y, True)
        pooled = None
        for target, operation in out:
            if target not in needed:
                continue
            if operation == "skip_connect":
                put(target, node, False)
            elif operation == "avg_pool_3x3":
                pooled = cell.edge(target, source)(node) if pooled is None else pooled
                put(target, pooled, False)  # not owned: another node may use it
    return nodes[3]


def pass_reduce(block, x, units, overlap):
    overlap.add(x, units)
    if x is None:
        overlap.add(None, units // 2)
        return None
    y, = conv_norm(F.relu(x), [block.a])
    overlap.add(y, units // 2)
    y, = conv_norm(y.relu_(), [block.b])
    return y.add_(block.shortcut(x))


@torch.inference_mode()
def forward_only(model, images, gram="float", merge=False):
    overlap = Overlap(len(images), gram)
    x, = conv_norm(images, [model.stem])
    units = x[0].numel()
    for stage, block in ((model.stage1, model.reduce1), (model.stage2, model.reduce2), (model.stage3, None)):
        for cell in stage:
            x = pass_cell(cell, x, units, overlap, merge)
        if block is not None:
            x, units = pass_reduce(block, x, units, overlap), units // 2
    if x is not None:
        norm = model.head.norm
        x = F.batch_norm(x, None, None, norm.weight, norm.bias, True)
    overlap.add(x, units)  # the last ReLU; pooling and the linear layer have no code
    return log_determinant(overlap.matrix())


# ---------------------------------------------------------------- timing

def score(o, arch, index, images):
    torch.manual_seed(o.seed + index)  # the same weights in both procedures and for any number of processes
    model = Network(arch, o.channels, o.cells, 1)
    if o.channels_last:
        model = model.to(memory_format=torch.channels_last)
    if o.procedure == "published":
        return published(model, images)
    return forward_only(model, images, o.gram, o.merge)


def task(wait, send, o, archs, following):
    images = normalise(read_cifar(o.data, o.batch)[0])
    if o.channels_last:
        images = images.contiguous(memory_format=torch.channels_last)
    score(o, archs[0], 0, images)
    wait()
    start = time.monotonic()
    while True:
        with following.get_lock():  # the next cell goes to whichever process is free
            index = following.value
            following.value += 1
        if index >= len(archs):
            break
        began = time.monotonic()
        value = score(o, archs[index], index, images)
        send(("cell", index, value, time.monotonic() - began))
    send(("span", start, time.monotonic()))


def read_archs(o):
    if o.arch_file:
        with open(o.arch_file) as file:
            return [line.strip() for line in file if line.strip()]
    with gzip.open(o.table, "rt", newline="") as file:
        archs = [row["arch"] for row in csv.DictReader(file)]
    return random.Random(o.seed).sample(archs, o.count)


def main():
    options = argparse.ArgumentParser(description="NASWOT in PyTorch")
    source = options.add_mutually_exclusive_group(required=True)
    source.add_argument("--arch-file", help="one arch string a line")
    source.add_argument("--table", help="csv.gz with a column `arch`; --count of its rows are drawn by --seed")
    options.add_argument("--count", type=int, default=50)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--data", required=True, help="CIFAR-10 binary file; its first images are the batch")
    options.add_argument("--batch", type=int, default=128)
    options.add_argument("--procedure", choices=("published", "forward-only"), default="published")
    options.add_argument("--threads", type=int, default=1, help="threads of each process")
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--channels", type=int, default=16)
    options.add_argument("--cells", type=int, default=5)
    options.add_argument("--channels-last", action="store_true", help="forward-only")
    options.add_argument("--gram", choices=("float", "int8"), default="float",
                         help="forward-only: product of codes in float32, or in int8 (PyTorch 2 or newer)")
    options.add_argument("--merge", action="store_true",
                         help="forward-only: like convolutions of one node as a single wider one")
    o = options.parse_args()
    if o.procedure == "published" and (o.channels_last or o.merge or o.gram != "float"):
        options.error("--channels-last, --merge and --gram belong to forward-only")

    archs = read_archs(o)
    seconds, spans = [], []
    for message in side_by_side.run(task, o.processes, o.threads,
                                    lambda context: (o, archs, context.Value("i", 0))):
        if message[0] == "cell":
            _, index, value, taken = message
            seconds.append(taken)
            print(json.dumps({"index": index, "arch": archs[index], "seconds": taken,
                              "value": value if math.isfinite(value) else None}), flush=True)
        else:
            spans.append(message[1:])
    wall = max(end for _, end in spans) - min(start for start, _ in spans)
    print(json.dumps({"cells": len(seconds), "seconds_per_cell_mean": sum(seconds) / len(seconds),
                      "wall_seconds": wall, "cells_per_second": len(seconds) / wall,
                      "threads": o.threads, "processes": o.processes, "procedure": o.procedure,
                      "channels_last": o.channels_last, "gram": o.gram, "merge": o.merge,
                      "batch": o.batch, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
