"""Records what BackPACK computes (Dangel et al., ICLR 2020) of two small networks, by definition in PyTorch: curvature.json.

    python record-curvature.py > curvature.json

Nothing here is clever: per-sample gradients by one backward pass a sample, the Gauss-Newton matrix from the whole Jacobian of the logits, the
Hessian from torch.func.hessian of the mean loss, Kronecker factors from unfolded images. Everything is float64. Tensors are filled by a formula of
their name and place; normalisation uses given statistics.
"""
import json
import math

import torch
import torch.nn.functional as F
from torch.func import grad, hessian, jacrev

torch.set_default_dtype(torch.float64)
BATCH, CLASSES = 3, 3


def filled(name, shape):
    start = sum(map(ord, name)) % 97
    scale = 1 / math.sqrt(max(1, math.prod(shape[1:])))
    return torch.tensor([math.sin(start + 1.7 * i) * scale for i in range(math.prod(shape))]).reshape(shape)


SHAPES = {
    "stem.weight": (3, 2, 3, 3),
    "stem.bias": (3,),
    "norm.weight": (3,),
    "norm.bias": (3,),
    "conv.weight": (4, 3, 2, 2),
    "head.weight": (CLASSES, 4),
    "head.bias": (CLASSES,),
}


def network(weights, images, activation, seen=None, shift=None):
    """Logits; notes in `seen` what meets each weight, and adds `shift` = (name, offset of each channel) to what comes out."""

    def layer(name, x, y):
        if seen is not None:
            seen[name] = x
        if shift is None or shift[0] != name:
            return y
        return y + (shift[1].reshape(1, -1, 1, 1) if y.dim() == 4 else shift[1])

    x = layer("stem.weight", images, F.conv2d(images, weights["stem.weight"], weights["stem.bias"], 2, 1))
    mean, variance = filled("norm.running_mean", (3,)), 1 + filled("norm.running_var", (3,)) ** 2
    x = activation(F.batch_norm(x, mean, variance, 1 + weights["norm.weight"], weights["norm.bias"], False))
    x = activation(layer("conv.weight", x, F.conv2d(x, weights["conv.weight"])))
    x = x.mean((2, 3))
    return layer("head.weight", x, F.linear(x, weights["head.weight"], weights["head.bias"]))


def kronecker(weights, images, columns, activation):
    """A and B of each weight; B from the Jacobian by an offset of the layer's output."""
    seen = {}
    network(weights, images, activation, seen)
    factors = {}
    for name in ("stem.weight", "conv.weight", "head.weight"):
        w = weights[name]
        x = seen[name]
        if w.dim() == 4:
            stride, padding = (2, 1) if name == "stem.weight" else (1, 0)
            x = F.unfold(x, w.shape[2:], stride=stride, padding=padding)
            a = torch.einsum("nip,njp->ij", x, x) / BATCH
        else:
            a = x.T @ x / BATCH
        b = torch.zeros(w.shape[0], w.shape[0])
        for n in range(BATCH):
            logits = lambda offset: network(weights, images[n : n + 1], activation, shift=(name, offset))[0]
            jacobian = jacrev(logits)(torch.zeros(w.shape[0]))
            for s in columns[n]:
                g = jacobian.T @ s
                b += torch.outer(g, g) / BATCH
        factors[name] = {"input": a.flatten().tolist(), "output": b.flatten().tolist()}
    return factors


def record(activation):
    weights = {name: filled(name, shape) for name, shape in SHAPES.items()}
    images, noise = filled("images", (BATCH, 2, 6, 6)) * 8, filled("noise", (BATCH, CLASSES)) * 2
    labels = torch.tensor([0, 2, 1])
    logits = network(weights, images, activation)
    p = logits.softmax(1)
    h = torch.diag_embed(p) - torch.einsum("ni,nj->nij", p, p)
    sampled = (logits + noise).argmax(1)
    values, vectors = torch.linalg.eigh(h)
    exact = [list((vectors[n] * values[n].clamp(min=0).sqrt()).T) for n in range(BATCH)]
    drawn = [[p[n] - F.one_hot(sampled[n], CLASSES)] for n in range(BATCH)]
    jacobian = jacrev(lambda w: network(w, images, activation))(weights)
    mean_loss = lambda w: F.cross_entropy(network(w, images, activation), labels)
    second = hessian(mean_loss)(weights)
    quantities = {}
    for name, shape in SHAPES.items():
        rows = []
        for n in range(BATCH):
            loss = lambda w: F.cross_entropy(network(w, images[n : n + 1], activation), labels[n : n + 1])
            rows.append(grad(loss)(weights)[name])
        rows = torch.stack(rows).reshape(BATCH, -1)
        j = jacobian[name].reshape(BATCH, CLASSES, -1)
        size = rows.shape[1]
        d = torch.stack([p[n] - F.one_hot(sampled[n], CLASSES) for n in range(BATCH)])
        quantities[name] = {
            "gradients": rows.flatten().tolist(),
            "squaredNorms": (rows**2).sum(1).tolist(),
            "secondMoment": (rows**2).mean(0).tolist(),
            "variance": rows.var(0, unbiased=False).tolist(),
            "gaussNewton": (torch.einsum("nck,ncd,ndk->k", j, h, j) / BATCH).tolist(),
            "sampledGaussNewton": (torch.einsum("nck,nc->nk", j, d) ** 2).mean(0).tolist(),
            "hessian": second[name][name].reshape(size, size).diagonal().tolist(),
        }
    return {
        "logits": logits.flatten().tolist(),
        "quantities": quantities,
        "kflr": kronecker(weights, images, exact, activation),
        "kfac": kronecker(weights, images, drawn, activation),
    }


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [rounded(entry) for entry in value]
    return float(f"{value:.7g}")


print(json.dumps(rounded({"relu": record(F.relu), "tanh": record(torch.tanh)})))
