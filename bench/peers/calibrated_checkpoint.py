#!/usr/bin/env python3
"""Writes a full-width checkpoint whose activations look like a trained network's.

Random filters (He), batch norms calibrated on one photograph, so every channel has mean 0 and
variance 1 before its scale and shift: the fair ground for rounding errors. Weights of
`corticast-weights synth` are not calibrated; a large common part hides much of the error there.

    bench/peers/calibrated_checkpoint.py PHOTOGRAPH.jpg -o calibrated.pth
    corticast-weights convert calibrated.pth -o calibrated.corticast
    corticast-bench core-error -m calibrated.corticast --image PHOTOGRAPH.jpg --precision fp32,fp32-strict

Needs PyTorch, NumPy and Pillow. Same weights at every run of one PyTorch version.
"""

import argparse
import math

import torch

from cnn8 import KERNEL, PADDING, POOL_STRIDE, network_input


def calibrated_core(channels, x):
    state = {}
    for block in range(1, 9):
        side = KERNEL.get(block, 3)
        inputs = x.shape[1]
        weight = torch.randn(channels, inputs, side, side) * math.sqrt(2 / (inputs * side * side))
        x = torch.nn.functional.conv2d(x, weight, padding=PADDING.get(block, 1))
        norm = {
            "weight": 1 + 0.1 * torch.randn(channels),
            "bias": 0.1 * torch.randn(channels),
            "running_mean": x.mean((0, 2, 3)),
            "running_var": x.var((0, 2, 3)),
        }
        x = torch.relu(torch.nn.functional.batch_norm(
            x, norm["running_mean"], norm["running_var"], norm["weight"], norm["bias"], eps=1e-5))
        if block in POOL_STRIDE:
            x = torch.nn.functional.avg_pool2d(x, 2, stride=POOL_STRIDE[block])
        state[f"core.block{block}.0.weight"] = weight
        state[f"core.block{block}.1.num_batches_tracked"] = torch.tensor(1)
        state.update({f"core.block{block}.1.{name}": value for name, value in norm.items()})
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photograph")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--channels", type=int, default=384, help="a multiple of 8")
    parser.add_argument("--vertices", type=int, default=300)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    with torch.no_grad():
        state = calibrated_core(arguments.channels,
                                torch.from_numpy(network_input(arguments.photograph))[None])
    state["readout._features"] = torch.randn(arguments.vertices, arguments.channels) * 0.05
    state["readout.spatial"] = torch.randn(arguments.vertices, 26, 26)
    state["readout.bias"] = torch.randn(arguments.vertices)
    torch.save(state, arguments.output)


if __name__ == "__main__":
    main()
