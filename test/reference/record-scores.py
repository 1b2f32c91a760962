"""Records training-free scores of small NAS-Bench-201 networks as PyTorch computes them: scores.json.

    python record-scores.py > scores.json

Written from the papers and the descriptions in the issue of each score, not from the TypeScript. Every tensor, image and random number
is a formula of its name and place, so that nothing has to be stored. Everything is float64.
"""
import json
import math

import numpy
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

BATCH, CHANNELS, SIDE, CLASSES = 8, 4, 8, 10
CELLS = [
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|skip_connect~2|",
    "|skip_connect~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_1x1~2|",
    "|nor_conv_1x1~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+|nor_conv_3x3~0|avg_pool_3x3~1|nor_conv_1x1~2|",
]


def filled(name, shape):
    """sin(a² + i·a) is spread evenly enough, and no two names share their numbers."""
    start = sum((i + 1) * ord(letter) for i, letter in enumerate(name)) % 9973
    count = math.prod(shape)
    return torch.tensor([math.sin(start + 1.7 * i + 0.01 * i * i) for i in range(count)]).reshape(shape)


class Network:
    """The skeleton with one cell a stage. `source(name, shape)` makes weights; `mode` is 'score' or 'bare'."""

    def __init__(self, arch, source, mode="score"):
        self.edges = [[e.rsplit("~", 1) for e in node.strip("|").split("|")] for node in arch.split("+")]
        self.source, self.mode = source, mode
        self.weights, self.outputs, self.codes, self.variances = {}, [], [], []

    def weight(self, name, shape):
        if name not in self.weights:
            self.weights[name] = self.source(name, shape).clone().requires_grad_()
        return self.weights[name]

    def conv(self, x, name, out, kernel, stride=1):
        y = F.conv2d(x, self.weight(f"{name}.weight", (out, x.shape[1], kernel, kernel)), None, stride, kernel // 2)
        self.outputs.append(y)
        return y

    def norm(self, x):
        if self.mode == "bare":
            return x
        self.variances.append(x.var((0, 2, 3), unbiased=False))
        return F.batch_norm(x, None, None, None, None, True)

    def relu(self, x):
        self.codes.append(x)
        return F.relu(x)

    def relu_conv_norm(self, x, name, out, kernel, stride=1):
        return self.norm(self.conv(self.relu(x), f"{name}.conv", out, kernel, stride))

    def edge(self, op, x, name):
        if op == "none":
            return torch.zeros_like(x)
        if op == "skip_connect":
            return x
        if op == "avg_pool_3x3":
            return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        return self.relu_conv_norm(x, name, x.shape[1], int(op[-1]))

    def cell(self, x, name):
        nodes = [x]
        for target, edges in enumerate(self.edges, 1):
            parts = [self.edge(op, nodes[int(source)], f"{name}.edge{target}{source}") for op, source in edges]
            nodes.append(sum(parts[1:], parts[0]))
        return nodes[-1]

    def reduction(self, x, name, out):
        a = self.relu_conv_norm(x, f"{name}.a", out, 3, 2)
        shortcut = self.conv(F.avg_pool2d(x, 2, 2), f"{name}.shortcut.conv", out, 1)
        return shortcut + self.relu_conv_norm(a, f"{name}.b", out, 3)

    def features(self, x):
        x = self.norm(self.conv(x, "stem.conv", CHANNELS, 3))
        x = self.cell(x, "stage1.cell1")
        x = self.cell(self.reduction(x, "reduce1", 2 * CHANNELS), "stage2.cell1")
        x = self.cell(self.reduction(x, "reduce2", 4 * CHANNELS), "stage3.cell1")
        return self.relu(self.norm(x))

    def __call__(self, x):
        x = self.features(x).mean((2, 3))
        bias = self.source("head.linear.bias", (CLASSES,))
        y = F.linear(x, self.weight("head.linear.weight", (CLASSES, x.shape[1])), bias)
        self.outputs.append(y)
        return y


IMAGES = filled("images", (BATCH, 3, SIDE, SIDE))
LABELS = torch.arange(BATCH) % CLASSES


def initial(name, shape):
    """What the platform is given as initial weights, at a scale that keeps activations of order one."""
    return filled(name, shape) * 0.5


def gradients(network, images, labels, graph=False):
    loss = F.cross_entropy(network(images), labels)
    weights = list(network.weights.values())
    return weights, torch.autograd.grad(loss, weights, create_graph=graph, allow_unused=True)


def live(weights, grads):
    return [(w, g) for w, g in zip(weights, grads) if g is not None]


def overlap(codes):
    total = 0
    for x in codes:
        x = (x > 0).double().flatten(1)
        total = total + x @ x.T + (1 - x) @ (1 - x).T
    return total


def jacobian_covariance(arch):
    images = IMAGES.clone().requires_grad_()
    (jacobian,) = torch.autograd.grad(Network(arch, initial)(images).sum(), images)
    eigenvalues = numpy.linalg.eigvalsh(numpy.corrcoef(jacobian.flatten(1).numpy())) + 1e-5
    return -float(numpy.sum(numpy.log(eigenvalues) + 1 / eigenvalues))


def grasp(arch):
    weights, grads = gradients(Network(arch, initial), IMAGES, LABELS, graph=True)
    pairs = live(weights, grads)
    product = sum((g * g.detach()).sum() for _, g in pairs)
    second = torch.autograd.grad(product, [w for w, _ in pairs], allow_unused=True)
    return -sum(float((w * h).sum()) for (w, _), h in zip(pairs, second) if h is not None)


def fisher(arch):
    network = Network(arch, initial)
    loss = F.cross_entropy(network(IMAGES), LABELS)
    grads = torch.autograd.grad(loss, network.outputs, allow_unused=True)
    score = 0
    for z, g in zip(network.outputs, grads):
        if g is not None:
            score += float((0.5 * (z * g).flatten(2).sum(2).square().mean(0) if z.dim() == 4 else 0.5 * (z * g).square().mean(0)).sum())
    return score


def synflow(arch):
    network = Network(arch, lambda name, shape: initial(name, shape).abs(), "bare")
    total = network(torch.ones(1, 3, SIDE, SIDE)).sum()
    weights = list(network.weights.values())
    grads = torch.autograd.grad(total, weights, allow_unused=True)
    return math.log(sum(float((w * g).abs().sum()) for w, g in live(weights, grads)))


def swap(arch):
    counts = []
    for draw in range(2):
        name_of = (lambda name: name) if draw == 0 else (lambda name: f"{name} #{draw}")
        network = Network(arch, lambda name, shape: initial(name_of(name), shape))
        network(IMAGES)
        codes = torch.cat([(x > 0).flatten(1) for x in network.codes], 1).T
        counts.append(len(torch.unique(codes, dim=0)))
    return sum(counts) / len(counts)


def linear_regions(arch):
    points = torch.arange(16).reshape(-1, 1, 1, 1) / 15
    lines = [(1 - points) * IMAGES[2 * i] + points * IMAGES[2 * i + 1] for i in range(4)]
    network = Network(arch, initial)
    network(torch.cat(lines))
    changes = 0
    for x in network.codes:
        signs = (x > 0).reshape(4, 16, -1)
        changes += int((signs[:, 1:] != signs[:, :-1]).sum())
    return 1 + changes / 4


def zico(arch):
    network, halves = Network(arch, initial), []
    for start in (0, BATCH // 2):
        part = slice(start, start + BATCH // 2)
        halves.append(gradients(network, IMAGES[part], LABELS[part])[1])
    score = 0
    for first, second in zip(*halves):
        if first is not None:
            both = torch.stack([first, second])
            mean, deviation = both.abs().mean(0), both.std(0, unbiased=False)
            varies = deviation > 0
            if varies.any():
                score += math.log(float((mean[varies] / deviation[varies]).sum()))
    return score


def zen(arch):
    source = lambda name, shape: filled(f"zen {name}", shape) if len(shape) >= 2 else initial(name, shape)
    images, noise = (filled(f"zen {name}", (16, 3, SIDE, SIDE)) for name in ("images", "noise"))
    network = Network(arch, source)
    features = network.features(images)
    scales = [math.log(float(variance.mean())) / 2 for variance in network.variances]
    change = (features - Network(arch, source).features(images + 0.01 * noise)).abs().sum(1).mean()
    return math.log(float(change)) + sum(scales)


def scores(arch):
    network = Network(arch, initial)
    pairs = live(*gradients(network, IMAGES, LABELS))
    return {
        "naswot": float(numpy.linalg.slogdet(overlap(network.codes).detach().numpy())[1]),
        "jacobian-covariance": jacobian_covariance(arch),
        "gradient-norm": sum(float(g.norm()) for _, g in pairs),
        "snip": sum(float((w * g).abs().sum()) for w, g in pairs),
        "plain": sum(float((w * g).sum()) for w, g in pairs),
        "grasp": grasp(arch),
        "fisher": fisher(arch),
        "synflow": synflow(arch),
        "swap": swap(arch),
        "linear-regions": linear_regions(arch),
        "zico": zico(arch),
        "zen": zen(arch),
        "weight-norm": sum(float(w.norm()) for w in network.weights.values()),
    }


print(json.dumps([{"architecture": arch, "scores": scores(arch)} for arch in CELLS], indent=2))
