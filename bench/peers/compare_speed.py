#!/usr/bin/env python3
"""corticast, PyTorch and ONNX Runtime in turns on the same model file and photographs.

    pip install torch onnxruntime onnx numpy pillow h5py
    corticast-weights synth -o model.corticast --vertices all --subjects NSD-01,NSD-02
    bench/peers/compare_speed.py --programs build model.corticast photograph.jpg

Every round, all programs have their turn, one after the other, in an order that moves on by one;
each turn is a run that does not count and then one or more that do. A ratio is that of two turns of
one round; what is printed are medians over the rounds, least and most. Peers stay loaded and
must sleep while they wait, which is checked; corticast is started for every turn
(corticast-bench, whose start is not counted). The same number of threads is set for everyone, and
environment variables that steer BLAS, OpenMP or corticast are removed for everyone.

Everyone computes in float32 from the same weights, of which corticast's model file has batch norm
folded and masks normalised: PyTorch "as published" applies a batch norm that comes to the same and
normalises masks that are multiplied by 1024, at every call. Requests:

    core             normalised floats to the last pool's output (corticast: from 8-bit pixels)
    one subject      core and the first subject's readout, responses in memory
    all subjects     core and all readouts, responses in memory
    from photograph  reading, decoding, resizing, all subjects (corticast: to the finished HDF5 file)

Markdown on standard output; --json FILE has every turn. Exit code 7 where responses disagree.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

STEERING = ("OPENBLAS_", "OMP_", "GOMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "BLIS_", "NVPL_",
            "TORCH_", "ORT_", "ATEN_", "CORTICAST_", "MALLOC_", "LD_PRELOAD")
REQUESTS = ("core", "one subject", "all subjects", "from photograph")
BOUND = 1e-5  # relative L2 between any two of them; Winograd's rounding is some 5e-6
MOST_IDLE = 0.02  # processors that all who wait may keep busy in a turn


def clean_environment():
    removed = sorted(key for key in os.environ if key.startswith(STEERING))
    return {key: value for key, value in os.environ.items() if key not in removed}, removed


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Peer:
    """A worker process that stays."""

    def __init__(self, key, what, environment):
        self.key = key
        worker = pathlib.Path(__file__).with_name("peer_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, worker, json.dumps(what | {"peer": key})], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
        self.name = self.answer()["name"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare_speed: {self.key} ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        return self.answer()

    def turn(self, repetitions, batch):
        requests = self.ask(f"measure {repetitions}")["requests"]
        rows = [{"core": r["core"], "one subject": r["core"] + r["heads"][0],
                 "all subjects": r["core"] + sum(r["heads"]),
                 "from photograph": r["input"] + r["core"] + sum(r["heads"])} for r in requests]
        return {key: statistics.median(row[key] for row in rows) / batch for key in REQUESTS}


class Corticast:
    """corticast-bench, started for every turn."""

    def __init__(self, arguments, images, threads, precision, environment):
        self.key = f"corticast {precision}" + ("" if threads == arguments.threads
                                               else f", {threads} thread")
        self.environment = environment
        self.batch = arguments.batch
        self.command = [
            program(arguments.programs, "bench", "corticast-bench"), "stages", "end-to-end",
            "-m", arguments.model, "--threads", str(threads), "--batch", str(arguments.batch),
            "--images", str(arguments.batch), "--precision", precision, "-o", "json"]
        for path in images:
            self.command += ["--image", path]
        self.name = None

    def turn(self, repetitions, batch):
        done = subprocess.run(self.command + ["-r", str(repetitions)], env=self.environment,
                              check=True, stdout=subprocess.PIPE, text=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        ms = {row["stage"]: row["median_ms"] for row in reversed(rows)}
        first = next(row["stage"] for row in rows if ": readout" in row["stage"])
        pack = next((row["median_ms"] for row in rows if row["stage"].startswith("pack ")), 0)
        self.name = f"corticast {rows[0]['build']}, {rows[-1]['device']}, {rows[-1]['precision']}"
        times = (ms["core"], ms["core"] + pack + ms[first], ms["all steps"], ms["end to end"])
        return {key: value / 1e3 / batch for key, value in zip(REQUESTS, times)}


def program(folder, room, name):
    for path in (folder / room / name, folder / name):
        if path.is_file():
            return str(path)
    sys.exit(f"compare_speed: no {name} in {folder}; give the build folder with --programs")


def corticast_responses(arguments, images, environment, scratch):
    """float32 [readouts, images, vertices] of `corticast encode`."""
    out = scratch / "responses.h5"
    subprocess.run([program(arguments.programs, "cli", "corticast"), "encode", *images,
                    "-m", arguments.model, "-o", str(out), "--threads", str(arguments.threads),
                    "--device", "cpu", "--batch", str(len(images)), "--progress", "none"],
                   env=environment, check=True, stdout=sys.stderr)
    with h5py.File(out) as file:
        responses = file["responses"]
        if "readout" in responses:
            return responses["readout"][()][None]
        header = subprocess.run(
            [program(arguments.programs, "cli", "corticast"), "info", arguments.model, "--json"],
            env=environment, check=True, stdout=subprocess.PIPE, text=True)
        paths = [subject["result_path"] for subject in json.loads(header.stdout)["subjects"]]
        return np.stack([responses[path][()] for path in paths])


def relative(got, expected):
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    return float(np.linalg.norm(got - expected) / np.linalg.norm(expected))


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def report(facts, names, turns, batch):
    print("\n".join(f"- {fact}" for fact in facts))
    for key, name in names.items():
        print(f"- **{key}**: {name}")
    rounds = len(next(iter(turns.values())))
    print(f"\nSeconds an image, batch {batch}, median (least-most) of {rounds} rounds:\n")
    print("| | " + " | ".join(REQUESTS) + " |\n|---|" + "---|" * len(REQUESTS))
    for key, mine in turns.items():
        cells = [statistics.median(turn[request] for turn in mine) for request in REQUESTS]
        print(f"| {key} | " + " | ".join(
            f"{cell:.3f} ({min(t[r] for t in mine):.3f}-{max(t[r] for t in mine):.3f})"
            for cell, r in zip(cells, REQUESTS)) + " |")
    base = next(iter(turns))
    print(f"\nTimes as long as {base} in the same round:\n")
    print("| | " + " | ".join(REQUESTS) + " |\n|---|" + "---|" * len(REQUESTS))
    for key, theirs in turns.items():
        if key == base:
            continue
        print(f"| {key} | " + " | ".join(
            spread([their[request] / mine[request]
                    for their, mine in zip(theirs, turns[base])]) for request in REQUESTS) + " |")
    peers = [key for key in turns if not key.startswith("corticast")]
    if len(peers) > 1:
        print("| the best of them | " + " | ".join(
            spread([min(turns[peer][k][request] for peer in peers) / turns[base][k][request]
                    for k in range(rounds)]) for request in REQUESTS) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="corticast's model file, all its subjects")
    parser.add_argument("images", nargs="+", help="photographs")
    parser.add_argument("--programs", type=pathlib.Path, default=pathlib.Path("build"),
                        help="build folder of corticast (default: build)")
    parser.add_argument("--peers", default="published,configured,best,onnx",
                        help="comma-separated (default: all four)")
    parser.add_argument("--precision", default="fp32", help="of corticast, comma-separated")
    parser.add_argument("--scaling", action="store_true", help="corticast with 1 thread, too")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=1, help="counted in each turn")
    parser.add_argument("--json", type=pathlib.Path, help="write every turn to this file")
    arguments = parser.parse_args()
    images = [arguments.images[k % len(arguments.images)] for k in range(arguments.batch)]
    environment, removed = clean_environment()

    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        distinct = list(dict.fromkeys(images))
        ours = corticast_responses(arguments, distinct, environment, scratch)
        players, errors, reference = [], {}, None
        for precision in arguments.precision.split(","):
            players.append(Corticast(arguments, distinct, arguments.threads, precision,
                                     environment))
        if arguments.scaling:
            players.append(Corticast(arguments, distinct, 1, "fp32", environment))
        what = {"model": arguments.model, "images": images, "batch": arguments.batch,
                "threads": arguments.threads}
        workers = []
        for key in arguments.peers.split(","):
            worker = Peer(key, what, environment)
            players.append(worker)
            workers.append(worker)
            path = scratch / f"{key}.npy"
            worker.ask(f"save {path}")
            responses = np.load(path)
            if reference is None:
                reference = responses
                expected = responses[:, [images.index(image) for image in distinct]]
                errors["corticast fp32"] = relative(ours, expected)
            else:
                errors[key] = relative(responses, reference)

        turns = {player.key: [] for player in players}
        idle = 0.0
        for k in range(arguments.rounds):
            for player in players[k % len(players):] + players[:k % len(players)]:
                waiting = [worker.process.pid for worker in workers if worker is not player]
                before = sum(cpu_seconds(pid) for pid in waiting)
                start = time.monotonic()
                turn = player.turn(arguments.repetitions, arguments.batch)
                busy = sum(cpu_seconds(pid) for pid in waiting) - before
                idle = max(idle, busy / (time.monotonic() - start))
                turns[player.key].append(turn)
                print(f"round {k + 1}: {player.key}: " + ", ".join(
                    f"{request} {turn[request]:.3f} s" for request in REQUESTS), file=sys.stderr)
    for worker in workers:
        worker.process.stdin.close()
        worker.process.wait()

    facts = [f"{arguments.threads} threads set for everyone; removed from everyone's environment: "
             + (", ".join(removed) or "nothing was there to remove"),
             f"{ours.shape[0]} readouts of {ours.shape[2]} vertices",
             f"those who waited kept at most {idle:.3f} processors busy",
             "relative L2 of all responses against " + workers[0].key + ": " + ", ".join(
                 f"{key} {error:.1e}" for key, error in errors.items())]
    names = {player.key: player.name for player in players}
    report(facts, names, turns, arguments.batch)
    if arguments.json:
        arguments.json.write_text(json.dumps({
            "facts": facts, "names": names, "batch": arguments.batch,
            "threads": arguments.threads, "errors": errors, "idle": idle, "turns": turns}))
    if idle > MOST_IDLE:
        print("compare_speed: someone computed while others were timed; take no ratio from this",
              file=sys.stderr)
    return 0 if max(errors.values()) <= BOUND else 7


if __name__ == "__main__":
    sys.exit(main())
