"""Predicted cortical fMRI responses to images.

    import corticast
    model = corticast.load("nsd.corticast")
    responses = model.encode(images, subjects="NSD-01", roi="V1")
    responses["NSD-01"]                     # float32 [images, vertices]

corticast.berg has the interface of the Brain Encoding Response Generator. Messages of the library
go to the logger "corticast".
"""

from ._core import __version__
from ._encoder import Encoder, Responses
from ._errors import DeviceError, Error, ImageError, InternalError, ModelError, UsageError
from ._model import Model, load

__all__ = [
    "DeviceError", "Encoder", "Error", "ImageError", "InternalError", "Model", "ModelError",
    "Responses", "UsageError", "__version__", "load",
]

for _kind in (DeviceError, Encoder, Error, ImageError, InternalError, Model, ModelError, Responses,
              UsageError):
    _kind.__module__ = __name__
del _kind
