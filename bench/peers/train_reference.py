"""Trains one NAS-Bench-201 network on CIFAR binary files: says what accuracy is to be expected of such a run.

    python train_reference.py --arch '|nor_conv_3x3~0|+|...' --train cifar10-train4000.bin.gz \
        --test cifar10-test1000.bin.gz --validation 500 --epochs 12 --threads 2

SGD with Nesterov momentum, one cosine from the first learning rate to zero over all steps, random crop (4 black pixels
around) and mirroring. The last --validation images of the training file are held out. One JSON line an epoch {epoch,
train_loss, validation_accuracy}, then one {test_accuracy}. Accuracies are fractions. The last batch of an epoch is
dropped if it is short.
"""

import argparse
import json
import math
import time

import torch
import torch.nn.functional as F

from nas_bench_201 import Network, normalise, read_cifar


def augment(images):
    """uint8 [n, 3, 32, 32] -> the same, each image shifted by up to 4 pixels each way and mirrored half the time."""
    n, _, height, width = images.shape
    padded = F.pad(images, (4, 4, 4, 4))
    rows = torch.randint(9, (n, 1)) + torch.arange(height)
    columns = torch.randint(9, (n, 1)) + torch.arange(width)
    columns = torch.where(torch.rand(n, 1) < 0.5, columns.flip(1), columns)
    picked = padded[torch.arange(n).view(n, 1, 1), :, rows.view(n, height, 1), columns.view(n, 1, width)]
    return picked.permute(0, 3, 1, 2).contiguous()


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    right = sum(int((model(normalise(x)).argmax(1) == y).sum())
                for x, y in zip(images.split(250), labels.split(250)))
    model.train()
    return right / len(labels)


def main():
    options = argparse.ArgumentParser(description="Reference training run")
    options.add_argument("--arch", required=True)
    options.add_argument("--train", required=True)
    options.add_argument("--test")
    options.add_argument("--validation", type=int, default=0, help="training images to hold out")
    options.add_argument("--limit", type=int, help="use only the first images of the training file")
    options.add_argument("--epochs", type=int, default=12)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--rate", type=float, default=0.1)
    options.add_argument("--momentum", type=float, default=0.9)
    options.add_argument("--weight-decay", type=float, default=5e-4)
    options.add_argument("--label-smoothing", type=float, default=0.0)
    options.add_argument("--channels", type=int, default=16)
    options.add_argument("--cells", type=int, default=5)
    options.add_argument("--classes", type=int, default=10)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--seed", type=int, default=0)
    o = options.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)

    images, labels = read_cifar(o.train, o.limit)
    kept = len(images) - o.validation
    if kept < o.batch:
        raise SystemExit(f"{kept} training images are less than one batch")
    held_images, held_labels = images[kept:], labels[kept:]
    images, labels = images[:kept], labels[:kept]

    model = Network(o.arch, o.channels, o.cells, o.classes)
    optimiser = torch.optim.SGD(model.parameters(), lr=o.rate, momentum=o.momentum, nesterov=True,
                                weight_decay=o.weight_decay)
    a_epoch = kept // o.batch
    step = 0
    for epoch in range(1, o.epochs + 1):
        began, total = time.monotonic(), 0.0
        order = torch.randperm(kept)
        for at in range(a_epoch):
            pick = order[at * o.batch:(at + 1) * o.batch]
            rate = o.rate * 0.5 * (1 + math.cos(math.pi * step / (a_epoch * o.epochs)))
            optimiser.param_groups[0]["lr"] = rate
            optimiser.zero_grad()
            loss = F.cross_entropy(model(normalise(augment(images[pick]))), labels[pick],
                                   label_smoothing=o.label_smoothing)
            loss.backward()
            optimiser.step()
            total += loss.item()
            step += 1
        trained = time.monotonic() - began
        print(json.dumps({"epoch": epoch, "train_loss": total / a_epoch, "seconds": trained, "validation_accuracy":
                          accuracy(model, held_images, held_labels) if o.validation else None}), flush=True)
    print(json.dumps({"arch": o.arch, "epochs": o.epochs, "train_images": kept, "label_smoothing": o.label_smoothing,
                      "test_accuracy": accuracy(model, *read_cifar(o.test)) if o.test else None,
                      "seed": o.seed, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
