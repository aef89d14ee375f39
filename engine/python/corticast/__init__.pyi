from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__version__: str

Progress = bool | None | Callable[[int, int], object]
Words = str | int | Iterable[str | int]

class Error(Exception):
    code: int
    message: str
    hint: str

class InternalError(Error, RuntimeError): ...
class UsageError(Error, ValueError): ...
class ModelError(Error, ValueError): ...
class ImageError(Error, ValueError): ...
class DeviceError(Error, RuntimeError): ...

class Responses(dict[str, NDArray[np.float32]]):
    @property
    def grayordinates(self) -> NDArray[np.int32] | None: ...
    @property
    def roi(self) -> NDArray[np.str_] | None: ...
    @property
    def groups(self) -> NDArray[np.uint8] | None: ...
    @property
    def names(self) -> NDArray[np.str_]: ...
    def nested(self) -> dict[str, dict[str, NDArray[np.float32]]] | NDArray[np.float32]: ...

class Encoder:
    normalised: bool
    targets: list[tuple[str, str, str]]
    @property
    def subjects(self) -> list[str]: ...
    @property
    def columns(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def grayordinates(self) -> NDArray[np.int32] | None: ...
    @property
    def roi(self) -> NDArray[np.str_] | None: ...
    @property
    def groups(self) -> NDArray[np.uint8] | None: ...
    @property
    def names(self) -> NDArray[np.str_]: ...
    def __call__(
        self,
        images: Any,
        *,
        out: Mapping[str, NDArray[np.float32]] | NDArray[np.float32] | None = None,
        progress: Progress = False,
        channels: Literal["first", "last"] | None = None,
    ) -> Responses: ...

class Model:
    path: str | bytes
    @property
    def id(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def vertex_set(self) -> Literal["all", "visual", "none"]: ...
    @property
    def untrained(self) -> bool: ...
    @property
    def multihead(self) -> bool: ...
    @property
    def channels(self) -> int: ...
    @property
    def vertices(self) -> int: ...
    @property
    def subjects(self) -> list[str]: ...
    @property
    def grayordinates(self) -> NDArray[np.int32] | None: ...
    @property
    def roi(self) -> NDArray[np.str_] | None: ...
    @property
    def groups(self) -> NDArray[np.uint8] | None: ...
    @property
    def metadata(self) -> dict[str, dict[str, Any]]: ...
    def encoder(
        self,
        *,
        subjects: Words | None = "all",
        roi: Words | None = None,
        groups: Words | None = None,
        vertices: ArrayLike | None = None,
        min_noise_ceiling: str | tuple[str, float] | None = None,
        expand: bool = False,
        reduce: str | PathLike[str] | None = None,
        device: str = "auto",
        precision: str = "fp32",
        readout: str = "auto",
        batch: int | Literal["auto"] | None = None,
        threads: int | None = None,
        normalised: bool = False,
    ) -> Encoder: ...
    def encode(
        self,
        images: Any,
        *,
        out: Mapping[str, NDArray[np.float32]] | NDArray[np.float32] | None = None,
        progress: Progress = False,
        channels: Literal["first", "last"] | None = None,
        subjects: Words | None = "all",
        roi: Words | None = None,
        groups: Words | None = None,
        vertices: ArrayLike | None = None,
        min_noise_ceiling: str | tuple[str, float] | None = None,
        expand: bool = False,
        reduce: str | PathLike[str] | None = None,
        device: str = "auto",
        precision: str = "fp32",
        readout: str = "auto",
        batch: int | Literal["auto"] | None = None,
        threads: int | None = None,
        normalised: bool = False,
    ) -> Responses: ...

def load(path: str | bytes | PathLike[str]) -> Model: ...
