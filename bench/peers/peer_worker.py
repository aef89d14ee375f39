#!/usr/bin/env python3
"""One of other people's programs on CNN8, kept loaded; driven by compare_speed.py, line by line.

Arguments: a JSON object {peer, model, images, batch, threads}. The first line on standard output
says who this is. Then for each line of standard input one JSON line of answer:

    measure N    times of N requests after a shorter one that does not count
    save FILE    responses of a third request to FILE, .npy, float32 [readouts, images, vertices]

A request is: images read, decoded, resized and normalised by Pillow and NumPy ("input"), the core
("core"), each subject's readout ("heads"), by the monotonic clock.
"""

import json
import os
import sys
import time

import numpy as np

import cnn8

BLOCK_ROWS = 2048  # vertices whose products with the image are in the cache at once
# Masks of the model file are normalised. What normalises them again is given a multiple, a power
# of two, beside which the 1e-6 that is added to the norm vanishes.
MASK_SCALE = np.float32(1024)


class PyTorch:
    """Runs the core and readouts of PyTorch; subclasses say how."""

    def __init__(self, model, threads):
        import torch
        self.torch = torch
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        torch.set_grad_enabled(False)
        self.blocks = [(self.tensor(model[f"core.block{b}.weight"]),
                        self.tensor(model[f"core.block{b}.bias"])) for b in range(1, 9)]
        self.heads = [tuple(self.tensor(model[prefix + part])
                            for part in ("spatial", "features", "bias"))
                      for prefix in model.readouts.values()]
        self.prepare()

    def name(self):
        return (f"PyTorch {self.torch.__version__}, {self.torch.get_num_threads()} threads, "
                + self.how)

    def tensor(self, array):
        return self.torch.from_numpy(array)

    def input(self, array):
        return self.torch.from_numpy(array)

    def pool(self, block, x):
        stride = cnn8.POOL_STRIDE.get(block)
        return x if stride is None else self.torch.nn.functional.avg_pool2d(x, 2, stride=stride)

    def batch_norm_core(self, x):
        """Convolution, batch norm, ReLU, as the network is published."""
        functional = self.torch.nn.functional
        for b, (weight, norm) in enumerate(self.normed, start=1):
            x = functional.conv2d(x, weight, padding=cnn8.PADDING.get(b, 1))
            x = functional.batch_norm(x, *norm, eps=1e-5)
            x = self.pool(b, self.torch.relu(x))
        return x

    def split_batch_norm(self):
        """Batch norm that, folded, gives the model file's weights: scale 1, the bias in halves."""
        torch = self.torch
        self.normed = []
        for weight, bias in self.blocks:
            ones = torch.ones_like(bias)
            self.normed.append((weight, (-bias / 2, ones - 1e-5, ones, bias / 2)))

    @staticmethod
    def array(y):
        return y.numpy()


class Published(PyTorch):
    how = "as published: default layout, batch norm, masks normalised at every call"

    def prepare(self):
        self.split_batch_norm()
        self.heads = [(spatial.mul(float(MASK_SCALE)).view(-1, 26, 26), features, bias)
                      for spatial, features, bias in self.heads]

    def core(self, x):
        return self.batch_norm_core(x)

    def head(self, x, spatial, features, bias):
        torch = self.torch
        norm = spatial.pow(2).sum((1, 2), keepdim=True).sqrt() + 1e-6
        z = torch.einsum("ncij,oij->nco", x, spatial / norm)
        return torch.einsum("nco,oc->no", z, features) + bias


class Configured(PyTorch):
    how = "channels_last, batch norm, masks normalised once"

    def prepare(self):
        channels_last = self.torch.channels_last
        self.blocks = [(weight.contiguous(memory_format=channels_last), bias)
                       for weight, bias in self.blocks]
        self.split_batch_norm()
        self.heads = [(spatial.view(-1, 26, 26), features, bias)
                      for spatial, features, bias in self.heads]

    def core(self, x):
        return self.batch_norm_core(x.contiguous(memory_format=self.torch.channels_last))

    def head(self, x, spatial, features, bias):
        z = self.torch.einsum("ncij,oij->nco", x, spatial)
        return self.torch.einsum("nco,oc->no", z, features) + bias


class Best(PyTorch):
    how = (f"by hand: batch norm folded, weights in oneDNN's layout, readouts in blocks of "
           f"{BLOCK_ROWS} vertices (mm, multiply, sum)")

    def prepare(self):
        from torch.utils import mkldnn
        torch = self.torch
        layers = []
        for b, (weight, bias) in enumerate(self.blocks, start=1):
            size = cnn8.KERNEL.get(b, 3)
            layer = torch.nn.Conv2d(weight.shape[1], weight.shape[0], size,
                                    padding=cnn8.PADDING.get(b, 1))
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
            layers += [layer, torch.nn.ReLU()]
            if b in cnn8.POOL_STRIDE:
                layers.append(torch.nn.AvgPool2d(2, cnn8.POOL_STRIDE[b]))
        self.network = mkldnn.to_mkldnn(torch.nn.Sequential(*layers).eval())

    def core(self, x):
        return self.network(x.to_mkldnn()).to_dense()

    def head(self, x, spatial, features, bias):
        torch = self.torch
        images, channels = x.shape[:2]
        columns = x.reshape(images * channels, cnn8.POSITIONS).t().contiguous()
        y = torch.empty(images, len(bias))
        z = torch.empty(BLOCK_ROWS, images * channels)
        for first in range(0, len(bias), BLOCK_ROWS):
            last = min(first + BLOCK_ROWS, len(bias))
            block = z[:last - first]
            torch.mm(spatial[first:last], columns, out=block)
            products = block.view(-1, images, channels)
            products.mul_(features[first:last, None])
            torch.sum(products, 2, out=y.t()[first:last])
        return y.add_(bias)


class OnnxRuntime:
    """Batch norm folded, all graph optimisations; the readout that measured fastest of three."""

    def __init__(self, model, threads):
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
        self.runtime = onnxruntime
        self.threads = threads

        def session(nodes, weights, x, y):
            value = helper.make_tensor_value_info
            graph = helper.make_graph(
                nodes, "cnn8", [value("x", TensorProto.FLOAT, x)],
                [value("y", TensorProto.FLOAT, y)],
                [numpy_helper.from_array(array, key) for key, array in weights.items()])
            proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
            proto.ir_version = 10
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
            return onnxruntime.InferenceSession(proto.SerializeToString(), options,
                                                providers=["CPUExecutionProvider"])

        nodes, weights, x = [], {}, "x"
        for b in range(1, 9):
            weights[f"w{b}"] = model[f"core.block{b}.weight"]
            weights[f"b{b}"] = model[f"core.block{b}.bias"]
            nodes.append(helper.make_node("Conv", [x, f"w{b}", f"b{b}"], [f"c{b}"],
                                          pads=[cnn8.PADDING.get(b, 1)] * 4))
            x = "y" if b == 8 and b not in cnn8.POOL_STRIDE else f"r{b}"
            nodes.append(helper.make_node("Relu", [f"c{b}"], [x]))
            if b in cnn8.POOL_STRIDE:
                y = "y" if b == 8 else f"p{b}"
                nodes.append(helper.make_node("AveragePool", [x], [y], kernel_shape=[2, 2],
                                              strides=[cnn8.POOL_STRIDE[b]] * 2))
                x = y
        channels = int(model.metadata["channels"])
        self.network = session(nodes, weights, ["n", 3, 224, 224], ["n", channels, 26, 26])

        nodes = [helper.make_node("Reshape", ["x", "shape"], ["flat"]),
                 helper.make_node("MatMul", ["flat", "spatial"], ["z"]),
                 helper.make_node("Mul", ["z", "features"], ["products"]),
                 helper.make_node("ReduceSum", ["products", "axis"], ["sums"], keepdims=0),
                 helper.make_node("Add", ["sums", "bias"], ["y"])]
        self.heads = []
        for prefix in model.readouts.values():
            weights = {"shape": np.array([0, channels, cnn8.POSITIONS]), "axis": np.array([1]),
                       "spatial": np.ascontiguousarray(model[prefix + "spatial"].T),
                       "features": np.ascontiguousarray(model[prefix + "features"].T),
                       "bias": model[prefix + "bias"]}
            vertices = len(weights["bias"])
            self.heads.append((session(nodes, weights, ["n", channels, 26, 26],
                                       ["n", vertices]),))

    def name(self):
        return (f"ONNX Runtime {self.runtime.__version__}, {self.threads} threads, batch norm "
                "folded, readouts as MatMul, Mul, ReduceSum")

    def input(self, array):
        return array

    def core(self, x):
        return self.network.run(None, {"x": x})[0]

    def head(self, x, head):
        return head.run(None, {"x": x})[0]

    @staticmethod
    def array(y):
        return y


PEERS = {"published": Published, "configured": Configured, "best": Best, "onnx": OnnxRuntime}


def request(peer, paths, heads):
    clock = time.monotonic
    start = clock()
    x = peer.input(np.stack([cnn8.network_input(path) for path in paths]))
    ready = clock()
    x = peer.core(x)
    times = {"input": ready - start, "core": clock() - ready, "heads": []}
    responses = []
    for head in peer.heads[:heads]:
        start = clock()
        responses.append(peer.head(x, *head))
        times["heads"].append(clock() - start)
    return times, responses


def main():
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    what = json.loads(sys.argv[1])
    peer = PEERS[what["peer"]](cnn8.ModelFile(what["model"]), what["threads"])
    paths = [what["images"][k % len(what["images"])] for k in range(what["batch"])]
    print(json.dumps({"name": peer.name()}), file=answers)
    for line in sys.stdin:
        verb, _, argument = line.strip().partition(" ")
        answer = {}
        if verb == "measure":
            request(peer, paths, 1)
            answer["requests"] = [request(peer, paths, None)[0] for _ in range(int(argument))]
        elif verb == "save":
            for _ in range(2):  # ONNX Runtime still arranges its memory in the second run
                request(peer, paths, None)
            responses = request(peer, paths, None)[1]
            np.save(argument, np.stack([peer.array(y) for y in responses]))
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
