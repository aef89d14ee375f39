#!/usr/bin/env python3
"""Compares corticast's responses with PyTorch's on the same checkpoint and photographs.

Runs the network as published (convolution, batch norm, ReLU, average pools, factorised readout) in
float32 on the CPU straight from the checkpoint, with Pillow's own decoding and resizing, and prints
the error and the time beside corticast's HDF5 file:

    corticast-weights convert model.pth -o model.corticast
    corticast encode a.jpg b.png -m model.corticast -o responses.h5 --subjects NSD-01,NSD-05
    bench/peers/compare_pytorch.py model.pth responses.h5 a.jpg b.png --threads 2

Needs PyTorch, h5py and Pillow (Debian: python3-torch python3-h5py python3-pil). It loads the
checkpoint with torch.load, which executes pickles: give it only files you trust.
Exit code 7 if an error exceeds the bound.
"""

import argparse
import sys
import time

import h5py
import numpy as np
import torch

import cnn8

LONG_NAMES = {
    "BMD": "BOLDMomentsDataset", "BOLD5000": "BOLD5000", "GOD": "GenericObjectDecoding",
    "HAD": "HumanActionsDataset", "NOD": "NaturalObjectDataset", "NSD": "NaturalScenesDataset",
    "THINGS": "THINGS", "deeprecon": "deeprecon",
}


def core(state, x):
    for b in range(1, 9):
        name = f"core.block{b}"
        x = torch.nn.functional.conv2d(x, state[f"{name}.0.weight"], padding=cnn8.PADDING.get(b, 1))
        x = torch.nn.functional.batch_norm(
            x, state[f"{name}.1.running_mean"], state[f"{name}.1.running_var"],
            state[f"{name}.1.weight"], state[f"{name}.1.bias"], eps=1e-5)
        x = torch.relu(x)
        if b in cnn8.POOL_STRIDE:
            x = torch.nn.functional.avg_pool2d(x, 2, stride=cnn8.POOL_STRIDE[b])
    return x


def readout(state, prefix, x):
    spatial = state[prefix + "spatial"]
    norm = spatial.pow(2).sum((1, 2), keepdim=True).sqrt() + 1e-6
    z = torch.einsum("ncij,oij->nco", x, spatial / norm)
    return torch.einsum("nco,oc->no", z, state[prefix + "_features"]) + state[prefix + "bias"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint")
    parser.add_argument("responses", help="HDF5 file of corticast encode, all vertices")
    parser.add_argument("images", nargs="+", help="the same images in the same order")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bound", type=float, default=3e-6, help="largest relative L2 error")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    state = torch.load(arguments.checkpoint, map_location="cpu")
    state = {key.removeprefix("module."): value.float() for key, value in state.items()}
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, float32")

    worst = 0.0
    with torch.no_grad(), h5py.File(arguments.responses) as file:
        targets = {}
        if "readout" in file["responses"]:
            targets["readout."] = file["responses/readout"]
        else:
            for short, long in LONG_NAMES.items():
                for sub, dataset in file["responses"].get(long, {}).items():
                    targets[f"subject_readouts.{sub}_{short}."] = dataset
        for row, path in enumerate(arguments.images):
            start = time.perf_counter()
            x = core(state, torch.from_numpy(cnn8.network_input(path))[None])
            core_seconds = time.perf_counter() - start
            for prefix, dataset in targets.items():
                start = time.perf_counter()
                expected = readout(state, prefix, x)[0].double().numpy()
                seconds = time.perf_counter() - start
                got = dataset[row].astype(np.float64)
                relative = np.linalg.norm(got - expected) / np.linalg.norm(expected)
                largest = np.abs(got - expected).max() / np.abs(expected).max()
                worst = max(worst, relative)
                print(f"{path}  {prefix.split('.')[-2]}  relative L2 {relative:.2e}  "
                      f"largest/largest {largest:.2e}  (PyTorch: core {core_seconds:.2f} s, "
                      f"readout {seconds:.2f} s)")
    print(f"worst relative L2: {worst:.2e} (bound {arguments.bound:.0e})")
    return 0 if worst <= arguments.bound else 7


if __name__ == "__main__":
    sys.exit(main())
