"""What can go wrong. Every error carries the exit code of the command line and, as hint, the remedy."""


class Error(Exception):
    """The base of all errors that corticast raises itself.

    code: the exit code that the program `corticast` would end with; hint: what to do about it,
    "" if there is nothing to say.
    """

    code = 1

    def __init__(self, message, hint=""):
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self):
        return f"{self.message}. {self.hint}" if self.hint else self.message


class InternalError(Error, RuntimeError):
    """A bug in corticast."""


class UsageError(Error, ValueError):
    """An argument: unknown subject, ROI or group, empty selection, an array of the wrong kind."""

    code = 2


class ModelError(Error, ValueError):
    """The model file was refused."""

    code = 3


class ImageError(Error, ValueError):
    """An image that cannot be used."""

    code = 4


class DeviceError(Error, RuntimeError):
    """Device or precision not available, or out of memory."""

    code = 6


_BY_CODE = {kind.code: kind for kind in (UsageError, ModelError, ImageError, DeviceError)}


def make(code, message, hint):
    """The exception for a code of the library; called by the extension."""
    error = _BY_CODE.get(code, InternalError)(message, hint)
    error.code = code
    return error
