"""Runs an exported ONNX model in bare onnxruntime and compares it with the platform's own predictions.

    python onnx_check.py --model net.onnx --images images.bin --predictions predictions.json

images.bin: float32 little endian [n, 3, 32, 32], ready for the model. predictions.json: {"labels": [n],
"logits": [n][classes] or absent}. Prints {agree, of, max_logit_difference}; the last is null without logits.
The model has one input; its first output is the logits. A fixed batch size in the model is obeyed.
"""

import argparse
import json

import numpy as np
import onnxruntime


def main():
    options = argparse.ArgumentParser(description="Check an ONNX export")
    options.add_argument("--model", required=True)
    options.add_argument("--images", required=True)
    options.add_argument("--predictions", required=True)
    options.add_argument("--batch", type=int, default=64, help="where the model leaves it open")
    options.add_argument("--shape", default="3,32,32", help="of one image")
    options.add_argument("--threads", type=int, default=1)
    o = options.parse_args()

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = o.threads
    session = onnxruntime.InferenceSession(o.model, settings, providers=["CPUExecutionProvider"])
    entry, = session.get_inputs()
    fixed = entry.shape[0] if entry.shape and isinstance(entry.shape[0], int) else None
    size = fixed or o.batch

    images = np.fromfile(o.images, "<f4").reshape(-1, *map(int, o.shape.split(",")))
    with open(o.predictions, encoding="utf-8") as file:
        expected = json.load(file)
    if not len(images) or len(images) != len(expected["labels"]):
        raise SystemExit(f"{len(images)} images, {len(expected['labels'])} labels")

    rows = []
    for at in range(0, len(images), size):
        part = images[at:at + size]
        short = size - len(part) if fixed else 0  # a fixed batch: fill the last one up, then cut
        full = np.concatenate([part, np.repeat(part[-1:], short, 0)]) if short else part
        rows.append(session.run(None, {entry.name: full})[0].reshape(len(full), -1)[:len(part)])
    logits = np.concatenate(rows)

    difference = None
    if expected.get("logits") is not None:
        given = np.asarray(expected["logits"], np.float64).reshape(len(images), -1)
        if given.shape != logits.shape:
            raise SystemExit(f"logits {given.shape} against {logits.shape}")
        difference = float(np.abs(given - logits).max())
    agree = int((logits.argmax(1) == np.asarray(expected["labels"])).sum())
    print(json.dumps({"agree": agree, "of": len(images), "max_logit_difference": difference,
                      "onnxruntime": onnxruntime.__version__}))


if __name__ == "__main__":
    main()
