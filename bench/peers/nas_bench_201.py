"""The NAS-Bench-201 network in PyTorch, and a reader of CIFAR binary files.

The other scripts of this folder import this file. Run alone it prints the size of a network:

    python nas_bench_201.py --arch '|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|'
"""

import argparse
import gzip
import json
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
KERNEL = {"nor_conv_1x1": 1, "nor_conv_3x3": 3}
EDGES = ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2))  # (target, source), in string order

# Mean and deviation of the CIFAR-10 training images, channel by channel, pixels in 0..255.
MEAN = (125.3, 123.0, 113.9)
DEVIATION = (63.0, 62.1, 66.7)


def parse(arch):
    """Arch string -> {(target, source): operation}."""
    cell = {}
    for target, group in enumerate(arch.strip().split("+"), start=1):
        for item in group.strip("|").split("|"):
            operation, _, source = item.partition("~")
            cell[target, int(source)] = operation
    if tuple(cell) != EDGES or not set(cell.values()) <= set(OPERATIONS):
        raise ValueError(f"not a NAS-Bench-201 cell: {arch!r}")
    return cell


def batch_norm(channels):
    norm = nn.BatchNorm2d(channels)
    # Only needed for averaging without a momentum: without it the state has the four usual names,
    # and a training step saves one tiny addition per layer.
    norm.num_batches_tracked = None
    return norm


class ConvEdge(nn.Module):
    """ReLU, convolution, batch normalisation. The ReLU is the edge's own and not in place."""

    def __init__(self, c_in, c_out, kernel, stride=1):
        super().__init__()
        self.relu = nn.ReLU()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False)
        self.norm = batch_norm(c_out)

    def forward(self, x):
        return self.norm(self.conv(self.relu(x)))


class NoneEdge(nn.Module):
    """Times zero, as in the benchmark: gradients of zero, not absent ones, reach what lies behind."""

    def forward(self, x):
        return x * 0.0


def make_edge(operation, channels):
    if operation in KERNEL:
        return ConvEdge(channels, channels, KERNEL[operation])
    if operation == "avg_pool_3x3":
        return nn.AvgPool2d(3, 1, 1, count_include_pad=False)
    return nn.Identity() if operation == "skip_connect" else NoneEdge()


class Cell(nn.Module):
    """Node 0 is the input, node 3 the output; a node is the sum of its incoming edges."""

    def __init__(self, cell, channels):
        super().__init__()
        self.operations = cell
        for (target, source), operation in cell.items():
            self.add_module(f"edge{target}{source}", make_edge(operation, channels))

    def edge(self, target, source):
        return getattr(self, f"edge{target}{source}")

    def forward(self, x):
        nodes = [x]
        for target in (1, 2, 3):
            total = self.edge(target, 0)(nodes[0])
            for source in range(1, target):
                total = total + self.edge(target, source)(nodes[source])
            nodes.append(total)
        return nodes[3]


class Reduce(nn.Module):
    """Residual block between stages: half the size, twice the channels."""

    def __init__(self, channels):
        super().__init__()
        self.a = ConvEdge(channels, 2 * channels, 3, 2)
        self.b = ConvEdge(2 * channels, 2 * channels, 3)
        self.shortcut = nn.Sequential(OrderedDict(
            pool=nn.AvgPool2d(2, 2), conv=nn.Conv2d(channels, 2 * channels, 1, bias=False)))

    def forward(self, x):
        return self.shortcut(x) + self.b(self.a(x))


class Network(nn.Module):
    """stem, stage1, reduce1, stage2, reduce2, stage3, head; state names like stage1.cell1.edge10.conv.weight."""

    def __init__(self, arch, channels=16, cells=5, classes=10):
        super().__init__()
        cell = parse(arch)

        def stage(width):
            return nn.Sequential(OrderedDict((f"cell{i + 1}", Cell(cell, width)) for i in range(cells)))

        self.stem = nn.Sequential(OrderedDict(
            conv=nn.Conv2d(3, channels, 3, 1, 1, bias=False), norm=batch_norm(channels)))
        self.stage1 = stage(channels)
        self.reduce1 = Reduce(channels)
        self.stage2 = stage(2 * channels)
        self.reduce2 = Reduce(2 * channels)
        self.stage3 = stage(4 * channels)
        self.head = nn.Sequential(OrderedDict(
            norm=batch_norm(4 * channels), relu=nn.ReLU(), pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(), linear=nn.Linear(4 * channels, classes)))

    def forward(self, x):
        x = self.reduce1(self.stage1(self.stem(x)))
        x = self.reduce2(self.stage2(x))
        return self.head(self.stage3(x))


def load_named(model, named):
    """Copies {name: array} into the model. Running statistics may be absent; nothing else may, nor be left over."""
    state = model.state_dict()  # tensors that share memory with the model
    missing = {name for name, _ in model.named_parameters()} - set(named)
    unknown = set(named) - set(state)
    if missing or unknown:
        raise ValueError(f"missing parameters {sorted(missing)}, unknown names {sorted(unknown)}")
    with torch.no_grad():
        for name, array in named.items():
            value = torch.as_tensor(array)
            if value.shape != state[name].shape:
                raise ValueError(f"{name}: shape {tuple(value.shape)}, expected {tuple(state[name].shape)}")
            state[name].copy_(value)


def read_cifar(path, count=None):
    """CIFAR-10 binary file, plain or gzip -> uint8 images [n, 3, 32, 32] and int64 labels [n]."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        raw = np.frombuffer(file.read() if count is None else file.read(3073 * count), np.uint8)
    if raw.size % 3073 or (count is not None and raw.size < 3073 * count):
        raise ValueError(f"{path}: {raw.size} bytes are not {count or 'whole'} CIFAR-10 records")
    rows = raw.reshape(-1, 3073)
    images = torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy())
    return images, torch.from_numpy(rows[:, 0].astype(np.int64))


def normalise(images):
    """uint8 images -> float32, each channel centred and divided by its deviation."""
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, DEVIATION))
    return (images.float() - mean) / deviation


def main():
    options = argparse.ArgumentParser(description="Size of a NAS-Bench-201 network")
    options.add_argument("--arch", required=True)
    options.add_argument("--channels", type=int, default=16)
    options.add_argument("--cells", type=int, default=5)
    options.add_argument("--classes", type=int, default=10)
    o = options.parse_args()
    model = Network(o.arch, o.channels, o.cells, o.classes)
    print(json.dumps({"arch": o.arch, "parameters": sum(p.numel() for p in model.parameters()),
                      "state": {name: list(t.shape) for name, t in model.state_dict().items()}}))


if __name__ == "__main__":
    main()
