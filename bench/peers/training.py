"""Throughput of training steps of NAS-Bench-201 networks in PyTorch, float32.

    python training.py --steps 20 --processes 1 --threads 2 --channels-last

Its best way must be found by trying, on a machine with 2 cores: 1 process x 2 threads and 2 processes x 1 thread, each
with and without --channels-last (and --compile, --sgd fused where available). Only the best of these is PyTorch's figure.

Each process trains its own model of the same arch; all start together after their warm-up steps. One JSON line an
arch: images_per_second is the sum over processes of each one's own rate; images_per_second_wall is all images over the
time from the first start to the last end.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F

import side_by_side
from nas_bench_201 import Network

DEFAULT = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|",
)


def task(wait, send, o, arch):
    torch.manual_seed(o.seed)
    model = Network(arch, o.channels, o.cells, o.classes)
    images = torch.randn(o.batch, 3, 32, 32)
    labels = torch.randint(o.classes, (o.batch,))
    if o.channels_last:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    variant = {} if o.sgd == "default" else {o.sgd: True}
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4, **variant)
    run = torch.compile(model) if o.compile else model

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = F.cross_entropy(run(images), labels)
        loss.backward()
        optimiser.step()
        return loss

    for _ in range(o.warm_up):  # also compiles, where asked
        step()
    wait()
    start = time.monotonic()
    for _ in range(o.steps):
        loss = step()
    send((start, time.monotonic(), float(loss.detach())))


def main():
    options = argparse.ArgumentParser(description="Training throughput in PyTorch")
    options.add_argument("--arch", action="append", help="may be repeated; default: two cells")
    options.add_argument("--steps", type=int, default=20)
    options.add_argument("--warm-up", type=int, default=2)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--channels", type=int, default=16)
    options.add_argument("--cells", type=int, default=5)
    options.add_argument("--classes", type=int, default=10)
    options.add_argument("--threads", type=int, default=1, help="threads of each process")
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--channels-last", action="store_true")
    options.add_argument("--compile", action="store_true", help="torch.compile; needs a C++ compiler")
    options.add_argument("--sgd", choices=("default", "foreach", "fused"), default="default")
    options.add_argument("--seed", type=int, default=0)
    o = options.parse_args()
    for arch in o.arch or DEFAULT:
        spans = list(side_by_side.run(task, o.processes, o.threads, lambda _: (o, arch)))
        images = o.steps * o.batch
        wall = max(end for _, end, _ in spans) - min(start for start, _, _ in spans)
        print(json.dumps({"arch": arch, "images_per_second": sum(images / (end - start) for start, end, _ in spans),
                          "images_per_second_wall": images * len(spans) / wall, "last_loss": spans[0][2],
                          "steps": o.steps, "batch": o.batch, "threads": o.threads, "processes": o.processes,
                          "channels_last": o.channels_last, "compile": o.compile, "sgd": o.sgd,
                          "torch": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
