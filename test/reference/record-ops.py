"""Records PyTorch's values and gradients of a few ops in ops.json: a second oracle beside the reference engine.

    python test/reference/record-ops.py

Needs PyTorch. Numbers are computed in float64 and kept to seven digits. Each case has the op, its attributes, its inputs
and the weights of its loss (the sum of output times weights), and what PyTorch makes of them: the output, and the gradient
of the loss by each input.
"""

import json
import pathlib

import torch
import torch.nn.functional as functional

torch.manual_seed(20240229)
cases = []


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{x:.7g}") for x in tensor.detach().flatten().tolist()]}


def record(name, primitive, attributes, inputs, run):
    # Rounded first, so that the file holds exactly what PyTorch computed with.
    inputs = [torch.tensor(numbers(x)["data"], dtype=torch.float64).reshape(x.shape).requires_grad_() for x in inputs]
    output = run(*inputs)
    weights = (torch.arange(output.numel(), dtype=torch.float64) % 7 - 3).reshape(output.shape) / 4
    gradients = torch.autograd.grad((output * weights).sum(), inputs)
    cases.append(
        {
            "name": name,
            "primitive": primitive,
            "attributes": attributes,
            "inputs": [numbers(x) for x in inputs],
            "weights": numbers(weights),
            "output": numbers(output),
            "gradients": [numbers(g) for g in gradients],
        }
    )


def convolution(name, image, filters, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    attributes = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    record(
        name,
        "conv2d",
        attributes,
        [torch.randn(image), torch.randn(filters)],
        lambda x, w: functional.conv2d(x, w, None, **attributes),
    )


def pool(name, image, kernel, stride, padding):
    attributes = {"kernel": kernel, "stride": stride, "padding": padding}
    window = {"kernel_size": kernel, "stride": stride, "padding": padding}
    record(
        name,
        "averagePool2d",
        attributes,
        [torch.randn(image)],
        lambda x: functional.avg_pool2d(x, count_include_pad=False, **window),
    )
    # Whole numbers: equal cells in a window show which of them takes the gradient.
    record(
        name,
        "maxPool2d",
        attributes,
        [torch.randint(-3, 3, image).double()],
        lambda x: functional.max_pool2d(x, **window),
    )


convolution("3x3", (2, 2, 4, 5), (3, 2, 3, 3), padding=(1, 1))
convolution("stride 2 with remainder", (1, 2, 6, 6), (2, 2, 3, 3), stride=(2, 2), padding=(1, 1))
convolution("dilation 2", (1, 2, 5, 5), (2, 2, 3, 3), padding=(2, 2), dilation=(2, 2))
convolution("groups", (1, 4, 4, 4), (6, 2, 3, 3), padding=(1, 1), groups=2)
convolution("depthwise 5x5, dilation 2, stride 2", (1, 2, 6, 6), (2, 1, 5, 5), (2, 2), (4, 4), (2, 2), 2)
convolution("1x3, stride 1x2", (1, 2, 3, 5), (2, 2, 1, 3), stride=(1, 2), padding=(0, 1))
convolution("7x7 on 2x2", (1, 1, 2, 2), (2, 1, 7, 7), padding=(3, 3))
pool("3x3, padding 1", (1, 2, 4, 4), (3, 3), (1, 1), (1, 1))
pool("3x3, stride 2, padding 1, remainder", (1, 2, 6, 6), (3, 3), (2, 2), (1, 1))
pool("2x2, stride 2, remainder", (1, 2, 5, 5), (2, 2), (2, 2), (0, 0))
pool("5x3, padding 2x1", (1, 1, 5, 5), (5, 3), (1, 2), (2, 1))
record(
    "given statistics",
    "batchNorm",
    {"epsilon": 1e-5},
    [torch.randn(2, 3, 3, 3), torch.randn(3), torch.rand(3) + 0.5, torch.randn(3), torch.randn(3)],
    # functional.batch_norm gives no gradients of its running statistics: written out.
    lambda x, mean, variance, scale, offset: (x - mean[:, None, None]) / (variance[:, None, None] + 1e-5).sqrt()
    * scale[:, None, None]
    + offset[:, None, None],
)
# The batch's own statistics: `primitive` names the composition that the test writes.
record(
    "batch statistics",
    "trainedBatchNorm",
    {"epsilon": 1e-5},
    [torch.randn(3, 2, 3, 3), torch.randn(2), torch.randn(2)],
    lambda x, scale, offset: functional.batch_norm(x, None, None, scale, offset, training=True, eps=1e-5),
)
record("rows", "logSoftmax", {}, [3 * torch.randn(4, 5)], lambda x: functional.log_softmax(x, dim=-1))
record(
    "both transposed",
    "matmul",
    {"transposeA": True, "transposeB": True},
    [torch.randn(2, 4, 3), torch.randn(2, 2, 4)],
    lambda a, b: a.transpose(-1, -2) @ b.transpose(-1, -2),
)

# Running statistics are checked against torch's own op, forward only, so that the formula above is torch's.
x, mean, variance, scale, offset = [torch.tensor(i["data"]).double().reshape(i["shape"]) for i in cases[-4]["inputs"]]
expected = functional.batch_norm(x, mean, variance, scale, offset, training=False, eps=1e-5)
assert (expected - torch.tensor(cases[-4]["output"]["data"]).double().reshape(x.shape)).abs().max() < 1e-5

target = pathlib.Path(__file__).with_name("ops.json")
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
target.write_text(f'{{"torch":"{torch.__version__}","cases":[\n{lines}\n]}}\n')
