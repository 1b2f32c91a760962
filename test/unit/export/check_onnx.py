"""Checks an exported file with nothing of the project: onnx's own checker, then a bare onnxruntime.

    python check_onnx.py model.onnx images.bin channels,height,width

Prints the logits of batches of 1, 7 and all images, one JSON list of rows a line.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime

model, images, shape = sys.argv[1:]
onnx.checker.check_model(model, full_check=True)
images = np.fromfile(images, "<f4").reshape(-1, *map(int, shape.split(",")))
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
for size in (1, 7, len(images)):
    print(json.dumps(session.run(["logits"], {"images": images[:size]})[0].tolist()))
