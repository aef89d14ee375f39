"""What the scripts beside this file share: the network's table, its input, corticast's model file."""

import json
import mmap
import struct

import numpy as np
from PIL import Image

KERNEL = {1: 5, 2: 5}  # of the eight blocks; the others have 3x3 filters
PADDING = {1: 1, 2: 2}  # block 1 pads a 5x5 kernel by 1; blocks 3 to 8 pad 3x3 by 1
POOL_STRIDE = {2: 2, 4: 2, 6: 2, 8: 1}  # average pools 2x2 after these blocks
POSITIONS = 26 * 26

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def network_input(path):
    """Centre crop, Pillow's bilinear resize, ImageNet normalisation: float32 [3, 224, 224]."""
    image = Image.open(path).convert("RGB")
    side = min(image.size)
    left, top = (round((length - side) / 2) for length in image.size)
    image = image.crop((left, top, left + side, top + side))
    image = image.resize((224, 224), Image.BILINEAR)
    pixels = np.asarray(image).astype(np.float32) / np.float32(255)
    return np.ascontiguousarray(((pixels - MEAN) / STD).transpose(2, 0, 1))


class ModelFile:
    """A corticast model (a safetensors file), mapped: arrays are views of the file's pages.

    Batch norm is folded into core.block<b>.weight and .bias, masks are divided by their norms.
    """

    def __init__(self, path):
        with open(path, "rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        (length,) = struct.unpack("<Q", self._map[:8])
        self._header = json.loads(self._map[8:8 + length])
        self._data = 8 + length
        self.metadata = self._header.pop("__metadata__")
        subjects = [key for key in self.metadata["subjects"].split(",") if key]
        if self.metadata["head"] == "multihead":
            self.readouts = {key: f"readout.{key}." for key in subjects}
        else:
            self.readouts = {"readout": "readout."}

    def __getitem__(self, name):
        entry = self._header[name]
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}, not F32")
        first, last = entry["data_offsets"]
        values = np.frombuffer(self._map, np.float32, (last - first) // 4, self._data + first)
        return values.reshape(entry["shape"])
