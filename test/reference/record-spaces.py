"""Records what PyTorch makes of networks of the search spaces in spaces.json: parameters, multiply-adds and logits.

    python test/reference/record-spaces.py

Needs PyTorch. Weights are functions of their shapes (see `fill`), so that they are the same whatever layers are called. Normalisation uses
the batch. Numbers are computed in float64 and kept to seven digits.
"""

import itertools
import json
import math
import pathlib

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def conv(inputs, out, kernel, stride=1, dilation=1, groups=1):
    kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = tuple(dilation * (k - 1) // 2 for k in kernel)
    return nn.Conv2d(inputs, out, kernel, stride, padding, dilation, groups, bias=False)


def relu_convs_norm(out, *convs):
    return nn.Sequential(nn.ReLU(), *convs, nn.BatchNorm2d(out))


class Halve(nn.Module):
    """Half of the channels from even pixels, half from odd ones."""

    def __init__(self, inputs, out):
        super().__init__()
        self.even, self.odd = (nn.Conv2d(inputs, n, 1, 2, bias=False) for n in (out // 2, out - out // 2))
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        x = x.relu()
        y = torch.zeros_like(x)
        y[:, :, :-1, :-1] = x[:, :, 1:, 1:]
        return self.norm(torch.cat([self.even(x), self.odd(y)], 1))


class Nothing(nn.Module):
    def __init__(self, stride):
        super().__init__()
        self.stride = stride

    def forward(self, x):
        return x[:, :, :: self.stride, :: self.stride] * 0


def operation(name, c, stride):
    kind, side = (name[:-4], int(name[-1])) if name[-2] == "x" else (name, 0)
    if kind == "none":
        return Nothing(stride)
    if kind == "skip_connect":
        return nn.Identity() if stride == 1 else Halve(c, c)
    if kind == "avg_pool":
        return nn.AvgPool2d(side, stride, side // 2, count_include_pad=False)
    if kind == "max_pool":
        return nn.MaxPool2d(side, stride, side // 2)
    if kind == "conv":
        return relu_convs_norm(c, conv(c, c, side, stride))
    dilation = 2 if kind.startswith("dil") else 1
    first = relu_convs_norm(c, conv(c, c, side, stride, dilation, c), conv(c, c, 1))
    if kind == "dil_conv":
        return first
    return nn.Sequential(first, relu_convs_norm(c, conv(c, c, side, 1, dilation, c), conv(c, c, 1)))


def factored(c, side, stride):
    return relu_convs_norm(c, conv(c, c, (1, side), (1, stride)), conv(c, c, (side, 1), (stride, 1)))


class Cell(nn.Module):
    def __init__(self, edges, concat, before, last, c, reduction, after_reduction):
        super().__init__()
        self.concat, self.inputs = concat, [i for _, i in edges]
        self.before = Halve(before, c) if after_reduction else relu_convs_norm(c, conv(before, c, 1))
        self.last = relu_convs_norm(c, conv(last, c, 1))
        strides = [2 if reduction and i < 2 else 1 for i in self.inputs]
        self.edges = nn.ModuleList(
            factored(c, int(name[5]), s) if name in ("conv_3x1_1x3", "conv_7x1_1x7") else operation(name, c, s)
            for (name, _), s in zip(edges, strides)
        )

    def forward(self, before, last):
        states = [self.before(before), self.last(last)]
        for k in range(0, len(self.inputs), 2):
            states.append(sum(self.edges[j](states[self.inputs[j]]) for j in (k, k + 1)))
        return torch.cat([states[i] for i in self.concat], 1)


class CellNetwork(nn.Module):
    def __init__(self, genotype, stem, channels, cells, classes):
        super().__init__()
        self.imagenet = stem == "imagenet"
        layers, c = 3 * cells + 2, channels
        if self.imagenet:
            half = channels // 2
            self.stem1 = nn.Sequential(
                conv(3, half, 3, 2), nn.BatchNorm2d(half), nn.ReLU(), conv(half, c, 3, 2), nn.BatchNorm2d(c)
            )
            self.stem2 = nn.Sequential(nn.ReLU(), conv(c, c, 3, 2), nn.BatchNorm2d(c))
            before = last = c
        else:
            self.stem1 = nn.Sequential(conv(3, 3 * c, 3), nn.BatchNorm2d(3 * c))
            before = last = 3 * c
        after, built = self.imagenet, []
        for i in range(layers):
            reduction = i in (layers // 3, 2 * layers // 3)
            c *= 2 if reduction else 1
            kind = "reduce" if reduction else "normal"
            concat = genotype[kind + "_concat"]
            built.append(Cell(genotype[kind], concat, before, last, c, reduction, after))
            before, last, after = last, len(concat) * c, reduction
        self.cells = nn.ModuleList(built)
        self.linear = nn.Linear(last, classes)

    def forward(self, x):
        before = last = self.stem1(x)
        if self.imagenet:
            last = self.stem2(last)
        for cell in self.cells:
            before, last = last, cell(before, last)
        return self.linear(last.mean((2, 3)))


class ResidualBlock(nn.Module):
    def __init__(self, inputs, out, stride, bottleneck, groups):
        super().__init__()
        same = inputs == out and stride == 1
        self.shortcut = nn.Identity() if same else nn.Sequential(conv(inputs, out, 1, stride), nn.BatchNorm2d(out))
        if bottleneck is None:
            plan = [(inputs, out, 3, stride, 1), (out, out, 3, 1, 1)]
        else:
            b = bottleneck
            plan = [(inputs, b, 1, 1, 1), (b, b, 3, stride, groups), (b, out, 1, 1, 1)]
        parts = [
            [nn.ReLU()] * (k > 0) + [conv(i, o, side, s, groups=g), nn.BatchNorm2d(o)]
            for k, (i, o, side, s, g) in enumerate(plan)
        ]
        self.branch = nn.Sequential(*itertools.chain(*parts))

    def forward(self, x):
        return (self.shortcut(x) + self.branch(x)).relu()


class ResidualNetwork(nn.Module):
    def __init__(self, lists, stem, classes):
        super().__init__()
        imagenet = stem == "imagenet"
        layers = [conv(3, 16, 7 if imagenet else 3, 2 if imagenet else 1), nn.BatchNorm2d(16), nn.ReLU()]
        if imagenet:
            layers.append(nn.MaxPool2d(3, 2, 1))
        inputs = 16
        for i, (d, w) in enumerate(zip(lists["d"], lists["w"])):
            for k in range(d):
                bottleneck = w // lists["r"][i] if "r" in lists else None
                layers.append(
                    ResidualBlock(inputs, w, 2 if i > 0 and k == 0 else 1, bottleneck, lists.get("g", [1] * 3)[i])
                )
                inputs = w
        self.body, self.linear = nn.Sequential(*layers), nn.Linear(inputs, classes)

    def forward(self, x):
        return self.linear(self.body(x).mean((2, 3)))


class SizeNetwork(nn.Module):
    """The fixed cell of NATS-Bench's size space between residual blocks."""

    class Cell(nn.Module):
        def __init__(self, inputs, out):
            super().__init__()
            edge = lambda i: relu_convs_norm(out, conv(i, out, 3))
            self.a, self.b, self.c, self.d, self.e = edge(inputs), edge(inputs), edge(out), edge(out), edge(out)
            project = nn.Sequential(nn.Conv2d(inputs, out, 1, bias=False), nn.BatchNorm2d(out))
            self.skip = nn.Identity() if inputs == out else project

        def forward(self, x):
            one = self.a(x)
            two = self.b(x) + self.c(one)
            return self.skip(x) + self.d(one) + self.e(two)

    class Block(nn.Module):
        def __init__(self, inputs, out):
            super().__init__()
            self.a, self.b = relu_convs_norm(out, conv(inputs, out, 3, 2)), relu_convs_norm(out, conv(out, out, 3))
            self.shortcut = nn.Sequential(nn.AvgPool2d(2, 2), nn.Conv2d(inputs, out, 1, bias=False))

        def forward(self, x):
            return self.shortcut(x) + self.b(self.a(x))

    def __init__(self, widths, classes):
        super().__init__()
        layers = [conv(3, widths[0], 3), nn.BatchNorm2d(widths[0])]
        for i, (inputs, out) in enumerate(zip([widths[0], *widths], widths)):
            layers.append((self.Cell if i % 2 == 0 else self.Block)(inputs, out))
        self.body = nn.Sequential(*layers, nn.BatchNorm2d(widths[-1]), nn.ReLU())
        self.linear = nn.Linear(widths[-1], classes)

    def forward(self, x):
        return self.linear(self.body(x).mean((2, 3)))


def fill(name, shape):
    """Element k of a tensor: of vectors 1 + .3 sin(k) for scales, .3 cos(k) for offsets; of others sin(1.3 k + d) / √fan-in, d its axes' sum."""
    k = torch.arange(math.prod(shape), dtype=torch.float64)
    if len(shape) == 1:
        return 1 + 0.3 * k.sin() if name.endswith("weight") else 0.3 * k.cos()
    return ((1.3 * k + sum(shape)).sin() / math.sqrt(math.prod(shape[1:]))).reshape(shape)


def multiply_adds(network, shape):
    total = 0

    def add(module, inputs, output):
        nonlocal total
        fan = math.prod(module.weight.shape[1:])
        total += output[0].numel() * fan

    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    network.eval()(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    return total


def record(space, options, architecture, skeleton, network):
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            tensor.copy_(fill(name, tensor.shape))
        shape = skeleton["inputShape"]
        cost = multiply_adds(network, shape)
        images = (torch.arange(2 * math.prod(shape)) * 0.37).sin().reshape(2, *shape)
        logits = network.train()(images)
    return {
        "space": space,
        "options": options,
        "architecture": architecture,
        "skeleton": skeleton,
        "parameters": sum(p.numel() for p in network.parameters()),
        "multiplyAdds": cost,
        "logits": [float(f"{x:.7g}") for x in logits.flatten().tolist()],
    }


def cell_cases():
    """Each edge of a few genotypes is the next operation and state in turn, so that all of a space occur."""
    spaces = {
        "darts": ("none max_pool_3x3 avg_pool_3x3 skip_connect sep_conv_3x3 sep_conv_5x5 dil_conv_3x3 dil_conv_5x5", 4, True),
        "enas": ("skip_connect sep_conv_3x3 sep_conv_5x5 avg_pool_3x3 max_pool_3x3", 5, False),
        "nasnet": (
            "skip_connect conv_3x1_1x3 conv_7x1_1x7 dil_conv_3x3 avg_pool_3x3 max_pool_3x3 max_pool_5x5 max_pool_7x7 "
            "conv_1x1 conv_3x3 sep_conv_3x3 sep_conv_5x5 sep_conv_7x7",
            5,
            False,
        ),
        "amoebanet": (
            "skip_connect sep_conv_3x3 sep_conv_5x5 sep_conv_7x7 avg_pool_3x3 max_pool_3x3 dil_sep_conv_3x3 conv_7x1_1x7",
            5,
            False,
        ),
        "pnas": (
            "sep_conv_3x3 sep_conv_5x5 sep_conv_7x7 conv_7x1_1x7 skip_connect avg_pool_3x3 max_pool_3x3 dil_conv_3x3",
            5,
            True,
        ),
    }
    for name, (names, nodes, whole) in spaces.items():
        names = names.split()
        for stem, side, shift in (("cifar", 10, 0), ("cifar", 9, 3), ("imagenet", 40, 1)):
            genotype = {}
            for kind, start in (("normal", shift), ("reduce", shift + len(names) // 2)):
                edges = [(names[(start + k) % len(names)], (shift + 2 * k + k // 3) % (2 + k // 2)) for k in range(2 * nodes)]
                read = set() if whole else {i for _, i in edges}
                genotype[kind] = edges
                genotype[kind + "_concat"] = [i for i in range(2, nodes + 2) if i not in read]
            text = "Genotype(" + ", ".join(f"{key}={value}" for key, value in genotype.items()) + ")"
            skeleton = {"channels": 5 if side == 9 else 4, "cells": 1, "classes": 3, "inputShape": [3, side, side]}
            network = CellNetwork(genotype, stem, skeleton["channels"], 1, 3)
            yield record(name, {"stem": stem}, text, skeleton, network)


def other_cases():
    for stem, side in (("cifar", 8), ("imagenet", 32)):
        skeleton = {"channels": 16, "cells": 1, "classes": 3, "inputShape": [3, side, side]}
        for space, lists in (
            ("resnet", {"d": [1, 2, 3], "w": [16, 28, 20]}),
            ("resnext", {"d": [2, 1, 2], "w": [16, 32, 16], "r": [1, 2, 4], "g": [2, 4, 1]}),
        ):
            text = " ".join(f"{letter}={','.join(map(str, values))}" for letter, values in lists.items())
            yield record(space, {"stem": stem}, text, skeleton, ResidualNetwork(lists, stem, 3))
    skeleton = {"channels": 64, "cells": 1, "classes": 3, "inputShape": [3, 8, 8]}
    for widths in ([8, 16, 16, 24, 8], [24, 8, 8, 8, 16], [16, 16, 16, 16, 16]):
        yield record("nats-bench-size", {}, ":".join(map(str, widths)), skeleton, SizeNetwork(widths, 3))


content = {"torch": torch.__version__, "cases": [*cell_cases(), *other_cases()]}
target = pathlib.Path(__file__).with_name("spaces.json")
target.write_text(json.dumps(content, indent=2) + "\n")
