"""Records logits of small networks of TransNAS-Bench-101 and MobileNetV3 as PyTorch computes them: networks.json.

    python record-networks.py > networks.json

Written from the papers and from what the released code does (yawen-d/TransNASBench, mit-han-lab/once-for-all), not from the TypeScript.
Every tensor is filled by a formula of its name and place, so that no weights have to be stored; names are those of the platform.
Normalisation uses the batch. Everything is float64.
"""
import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def filled(name, shape):
    start = sum(map(ord, name)) % 97
    count = math.prod(shape)
    scale = 1 / math.sqrt(max(1, math.prod(shape[1:])))
    return torch.tensor([math.sin(start + 1.7 * i) * scale for i in range(count)]).reshape(shape)


class Net:
    def __init__(self):
        self.parameters = 0

    def tensor(self, name, *shape):
        self.parameters += math.prod(shape)
        return filled(name, shape)

    def conv(self, x, name, out, kernel, stride=1, groups=1, bias=False):
        w = self.tensor(f"{name}.weight", out, x.shape[1] // groups, kernel, kernel)
        b = self.tensor(f"{name}.bias", out) if bias else None
        return F.conv2d(x, w, b, stride, (kernel - 1) // 2, 1, groups)

    def norm(self, x, name):
        c = x.shape[1]
        return F.batch_norm(x, None, None, 1 + self.tensor(f"{name}.weight", c), self.tensor(f"{name}.bias", c), True)

    def linear(self, x, name, out, bias=True):
        w = self.tensor(f"{name}.weight", out, x.shape[1])
        return F.linear(x, w, self.tensor(f"{name}.bias", out) if bias else None)

    def relu_conv_norm(self, x, name, out, kernel, stride=1):
        return self.norm(self.conv(F.relu(x), f"{name}.conv", out, kernel, stride), f"{name}.norm")


def micro_cell(net, code):
    def edge(x, name, digit, out, stride):
        changes = stride > 1 or x.shape[1] != out
        if digit == "0":
            sides = [-(-n // stride) for n in x.shape[2:]]
            return x.new_zeros(x.shape[0], out, *sides)
        if digit == "1" and not changes:
            return x
        if digit == "1":
            x = F.relu(x)
            shifted = F.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:]
            halves = [net.conv(x, f"{name}.first", out // 2, 1, stride), net.conv(shifted, f"{name}.second", out - out // 2, 1, stride)]
            return net.norm(torch.cat(halves, 1), f"{name}.norm")
        return net.relu_conv_norm(x, name, out, 1 if digit == "2" else 3, stride)

    def cell(x, name, out, stride):
        nodes = [x]
        for target, digits in enumerate(code.split("_"), 1):
            parts = [
                edge(nodes[s], f"{name}.edge{target}{s}", d, out, stride if s == 0 else 1) for s, d in enumerate(digits)
            ]
            nodes.append(sum(parts))
        return nodes[-1]

    return cell


def basic_block(net):
    def cell(x, name, out, stride):
        y = net.relu_conv_norm(x, f"{name}.a", out, 3, stride)
        y = net.relu_conv_norm(y, f"{name}.b", out, 3)
        if stride > 1 or x.shape[1] != out:
            x = net.norm(net.conv(x, f"{name}.shortcut.conv", out, 1, stride), f"{name}.shortcut.norm")
        return x + y

    return cell


def transnas(net, text, x, channels, cells, classes):
    _, macro, code = text.split("-")
    cell = basic_block(net) if code == "basic" else micro_cell(net, code)
    x = net.norm(net.conv(x, "stem.conv", channels // 2, 3, 2), "stem.norm")
    x = net.relu_conv_norm(x, "stem.second", channels, 3, 2)
    for m, digit in enumerate(map(int, macro), 1):
        out = x.shape[1] * (2 if digit % 2 == 0 else 1)
        for c in range(1, cells + 1):
            x = cell(x, f"module{m}.cell{c}", out, 2 if digit > 2 and c == 1 else 1)
    return net.linear(x.mean((2, 3)), "head", classes)


def divisible(v):
    new = max(8, int(v + 4) // 8 * 8)
    return new + 8 if new < 0.9 * v else new


def mobile(net, text, x, channels, classes, width):
    resolution, *stages = text.split("|")
    side = round(x.shape[2] * int(resolution[1:]) / 224)
    x = F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)
    scaled = lambda base: divisible(base * width * channels / 16)

    def normed(x, name, out, kernel, act, stride=1, groups=1):
        return act(net.norm(net.conv(x, f"{name}.conv", out, kernel, stride, groups), f"{name}.norm"))

    def block(x, name, kernel, expansion, out, stride, squeeze, act):
        mid, y = x.shape[1] * expansion, x
        if expansion > 1:
            y = normed(y, f"{name}.expand", mid, 1, act)
        y = normed(y, f"{name}.depthwise", mid, kernel, act, stride, mid)
        if squeeze:
            s = net.conv(y.mean((2, 3), keepdim=True), f"{name}.squeeze.reduce", divisible(mid / 4), 1, bias=True)
            y = y * F.hardsigmoid(net.conv(F.relu(s), f"{name}.squeeze.expand", mid, 1, bias=True))
        y = normed(y, f"{name}.project", out, 1, lambda v: v)
        return x + y if stride == 1 and x.shape[1] == out else y

    x = normed(x, "stem", scaled(16), 3, F.hardswish, 2)
    x = block(x, "first", 3, 1, scaled(16), 1, False, F.relu)
    table = [(24, 2, False, F.relu), (40, 2, True, F.relu), (80, 2, False, F.hardswish)]
    table += [(112, 1, True, F.hardswish), (160, 2, True, F.hardswish)]
    for s, (stage, (base, stride, squeeze, act)) in enumerate(zip(stages, table), 1):
        for b, chosen in enumerate(stage.split("-"), 1):
            kernel, expansion = int(chosen[1]), int(chosen[3])
            x = block(x, f"stage{s}.block{b}", kernel, expansion, scaled(base), stride if b == 1 else 1, squeeze, act)
    x = normed(x, "last", scaled(960), 1, F.hardswish).mean((2, 3))
    return net.linear(F.hardswish(net.linear(x, "mix.linear", scaled(1280), False)), "classifier", classes)


def record(space, text, skeleton, make):
    net = Net()
    images = filled("images", [4, *skeleton["inputShape"]]) * 20
    logits = make(net, images)
    return {"space": space, "architecture": text, "skeleton": skeleton, "parameters": net.parameters, "logits": logits.flatten().tolist()}


small = {"channels": 4, "cells": 2, "classes": 3, "inputShape": [3, 35, 35]}
records = []
for text in ["64-41414-1_02_333", "64-41414-3_13_131", "64-41414-2_10_021", "64-1234-basic", "64-412132-basic"]:
    space = "transnas-bench-101-" + ("macro" if text.endswith("basic") else "micro")
    records.append(record(space, text, small, lambda net, x: transnas(net, text, x, 4, 2, 3)))
tiny = {"channels": 6, "cells": 1, "classes": 3, "inputShape": [3, 40, 40]}
for text in ["r224|k3e3-k5e4|k3e6-k3e3|k7e4-k3e3-k5e6|k3e3-k5e4|k7e3-k3e6", "r176|k5e6-k3e3|k5e3-k7e4|k3e3-k3e4|k3e6-k5e3|k3e3-k5e4-k3e3-k7e6"]:
    records.append(record("mobilenet-v3", text, tiny, lambda net, x: mobile(net, text, x, 6, 3, 1.2)))
print(json.dumps(records, indent=1))
