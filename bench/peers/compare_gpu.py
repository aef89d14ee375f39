#!/usr/bin/env python3
"""corticast and PyTorch in turns on one NVIDIA card, on the same model file.

    pip install torch numpy pillow h5py
    corticast-weights synth -o model.corticast --vertices all --subjects NSD-01
    bench/peers/compare_gpu.py --programs build model.corticast PHOTOGRAPHS --batch 1,8,32

Every round corticast-bench is started once for all precisions and batches, then each of PyTorch's
ways has its turn, in an order that moves on by one. A time is the median of `--repetitions` batches
after some that do not count, by the card's own events, from normalised images on the card (corticast:
from 8-bit pixels on the card) to responses of all subjects on the card; copies are in neither. A
ratio is that of two turns of one round. Both have the same weights, of which the model file has
batch norm folded and masks normalised. PyTorch's ways:

    published        as MOSAIC's code runs by default: float32 tensors, TF32 convolutions allowed,
                     batch norm, masks normalised at every call
    autocast         the same with channels_last under torch.autocast to float16
    fp32             TF32 forbidden, batch norm folded, cuDNN's benchmark mode
    tf32             TF32 everywhere, folded, channels_last, benchmark mode
    fp16, bf16       weights and activations of that type, folded, channels_last, benchmark mode;
                     readouts in blocks of vertices whose products stay in the card's cache

Markdown on standard output; --json FILE has every turn. Exit code 7 where responses disagree.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import torch
import torch.nn.functional as functional

import cnn8

# Relative L2 between corticast in float32 and each way, at most.
BOUNDS = {"fp32": 1e-5, "tf32": 1e-2, "published": 1e-2, "autocast": 1e-2, "fp16": 1e-2, "bf16": 5e-2}
# corticast's precision beside a way of PyTorch whose convolutions multiply such numbers.
PARTNER = {"published": "tf32", "autocast": "fp16"}
CACHE_VALUES = 24 << 20  # of a block of readout products


class Network:
    """The core and readouts of PyTorch on the card."""

    def __init__(self, model, way):
        self.way = way
        self.plain = way in ("published", "autocast")
        self.type = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(way, torch.float32)
        self.format = (torch.contiguous_format if way in ("published", "fp32")
                       else torch.channels_last)
        self.blocks = []
        for b in range(1, 9):
            weight = self.tensor(model[f"core.block{b}.weight"]).contiguous(
                memory_format=self.format)
            bias = self.tensor(model[f"core.block{b}.bias"])
            ones = torch.ones_like(bias)
            # Batch norm that, folded, gives the model file's weights.
            self.blocks.append((weight, bias, (-bias / 2, ones - 1e-5, ones, bias / 2)))
        self.heads = []
        for prefix in model.readouts.values():
            spatial, features, bias = (self.tensor(model[prefix + part])
                                       for part in ("spatial", "features", "bias"))
            if self.plain:
                self.heads.append((spatial.mul_(1024).view(-1, 26, 26), features, bias))
            else:
                self.heads.append((spatial.t(), features.t().contiguous(), bias))

    def tensor(self, array):
        return torch.from_numpy(array).to("cuda", self.type)

    def core(self, x):
        for b, (weight, bias, norm) in enumerate(self.blocks, start=1):
            padding = cnn8.PADDING.get(b, 1)
            if self.plain:
                x = functional.conv2d(x, weight, padding=padding)
                x = torch.relu(functional.batch_norm(x, *norm, eps=1e-5))
            else:
                x = functional.conv2d(x, weight, bias, padding=padding).relu_()
            if b in cnn8.POOL_STRIDE:
                x = functional.avg_pool2d(x, 2, stride=cnn8.POOL_STRIDE[b])
        return x

    def published_head(self, x, spatial, features, bias):
        norm = spatial.pow(2).sum((1, 2), keepdim=True).sqrt() + 1e-6
        z = torch.einsum("ncij,oij->nco", x, spatial / norm)
        return torch.einsum("nco,oc->no", z, features) + bias

    def head(self, x, spatial, features, bias):
        images, channels = x.shape[:2]
        vertices = bias.shape[0]
        rows = x.reshape(images * channels, cnn8.POSITIONS)
        step = max(1024, CACHE_VALUES // (images * channels * x.element_size()))
        y = torch.empty(images, vertices, device="cuda", dtype=torch.float32)
        for first in range(0, vertices, step):
            block = slice(first, min(first + step, vertices))
            z = (rows @ spatial[:, block]).view(images, channels, -1)
            torch.sum(z.mul_(features[:, block]), 1, out=y[:, block], dtype=torch.float32)
        return y.add_(bias)

    def __call__(self, x):
        strict = self.way == "fp32"
        torch.backends.cudnn.allow_tf32 = not strict
        torch.backends.cuda.matmul.allow_tf32 = self.way == "tf32"
        torch.backends.cudnn.benchmark = not self.plain
        head = self.published_head if self.plain else self.head
        with torch.autocast("cuda", torch.float16, enabled=self.way == "autocast"):
            x = self.core(x)
            return [head(x, *weights) for weights in self.heads]

    def input(self, x):
        return x.to(self.type).contiguous(memory_format=self.format)


def turn(network, batch, repetitions):
    """Milliseconds of one batch."""
    noise = np.random.default_rng(1).integers(0, 256, (batch, 3, 224, 224)) / np.float32(255)
    shape = (1, 3, 1, 1)
    pixels = (noise.astype(np.float32) - cnn8.MEAN.reshape(shape)) / cnn8.STD.reshape(shape)
    x = network.input(torch.from_numpy(pixels).cuda())
    for _ in range(3):
        network(x)
    times = []
    for _ in range(repetitions):
        start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        network(x)
        stop.record()
        stop.synchronize()
        times.append(start.elapsed_time(stop))
    return statistics.median(times)


def program(folder, room, name):
    for path in (folder / room / name, folder / name):
        if path.is_file():
            return str(path)
    sys.exit(f"compare_gpu: no {name} in {folder}; give the build folder with --programs")


def corticast_turn(arguments, precisions, batches):
    done = subprocess.run(
        [program(arguments.programs, "bench", "corticast-bench"), "stages", "-m", arguments.model,
         "--device", "cuda", "--precision", ",".join(precisions), "-o", "json",
         "--batch", ",".join(map(str, batches)), "-r", str(arguments.repetitions),
         "--readout", arguments.readout], check=True, stdout=subprocess.PIPE, text=True)
    times = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if row["stage"] in ("core", "readouts"):
            key = (row["precision"], row["batch"])
            times[key] = times.get(key, 0) + row["median_ms"]
        name = row["device"]
    return times, name


def corticast_responses(arguments, photographs, precision, scratch):
    """float32 [readouts, images, vertices] of `corticast encode`."""
    out = scratch / f"{precision}.h5"
    subprocess.run([program(arguments.programs, "cli", "corticast"), "encode", *photographs,
                    "-m", arguments.model, "-o", str(out), "--device", "cuda", "--precision",
                    precision, "--batch", str(len(photographs)), "--progress", "none"],
                   check=True, stdout=sys.stderr)
    found = []
    with h5py.File(out) as file:
        file["responses"].visititems(
            lambda key, item: found.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    return np.stack(found)


def relative(got, expected):
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    return float(np.linalg.norm(got - expected) / np.linalg.norm(expected))


def spread(values, digits=2):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="corticast's model file, all its subjects")
    parser.add_argument("photographs", nargs="+", help="whose responses are compared")
    parser.add_argument("--programs", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--ways", default=",".join(BOUNDS), help="of PyTorch (default: all)")
    parser.add_argument("--readout", default="auto", help="of corticast")
    parser.add_argument("--batch", default="1,8,32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=10, help="counted in each turn")
    parser.add_argument("--json", type=pathlib.Path, help="write every turn to this file")
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    batches = [int(batch) for batch in arguments.batch.split(",")]
    ways = arguments.ways.split(",")
    precisions = list(dict.fromkeys(PARTNER.get(way, way) for way in ways))

    model = cnn8.ModelFile(arguments.model)
    networks = {way: Network(model, way) for way in ways}
    photographs = arguments.photographs[:8]
    x = torch.from_numpy(np.stack([cnn8.network_input(path) for path in photographs])).cuda()
    errors = {}
    with tempfile.TemporaryDirectory() as folder:
        expected = corticast_responses(arguments, photographs, "fp32", pathlib.Path(folder))
    for way, network in networks.items():
        responses = torch.stack([y.float() for y in network(network.input(x))])
        errors[way] = relative(responses.cpu().numpy(), expected)

    ours, theirs = [], []
    for k in range(arguments.rounds):
        times, name = corticast_turn(arguments, precisions, batches)
        ours.append(times)
        theirs.append({(way, batch): turn(networks[way], batch, arguments.repetitions)
                       for way in ways[k % len(ways):] + ways[:k % len(ways)]
                       for batch in batches})
        print(f"round {k + 1} done", file=sys.stderr)

    print(f"- {name}; PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}")
    print(f"- {len(model.readouts)} subjects; medians (least-most) of {arguments.rounds} rounds, "
          f"{arguments.repetitions} batches each; milliseconds a batch")
    print("- relative L2 of PyTorch's responses against corticast fp32: "
          + ", ".join(f"{way} {error:.1e}" for way, error in errors.items()))
    print("\n| PyTorch's way | images | PyTorch, ms | corticast | corticast, ms | PyTorch / corticast "
          "|\n|---|---|---|---|---|---|")
    for way in ways:
        precision = PARTNER.get(way, way)
        for batch in batches:
            peer = [turns[way, batch] for turns in theirs]
            mine = [turns[precision, batch] for turns in ours]
            ratios = [p / m for p, m in zip(peer, mine)]
            print(f"| {way} | {batch} | {spread(peer, 3)} | {precision} | {spread(mine, 3)} | "
                  f"{spread(ratios)} |")
    if arguments.json:
        def plain(turns):
            return [{f"{key} {batch}": ms for (key, batch), ms in one.items()} for one in turns]
        arguments.json.write_text(json.dumps(
            {"device": name, "errors": errors, "corticast": plain(ours), "pytorch": plain(theirs)}))
    wrong = [way for way, error in errors.items() if not error <= BOUNDS[way]]
    if wrong:
        print("compare_gpu: responses differ: " + ", ".join(wrong), file=sys.stderr)
    return 7 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
