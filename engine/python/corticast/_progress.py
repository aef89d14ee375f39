"""What the argument progress means: True, False, or a function of (done, total)."""

import sys
import time


class _Bar:
    """One line on standard error, rewritten at most ten times a second."""

    def __init__(self, stream):
        self.stream = stream
        self.begin = time.monotonic()
        self.shown = 0.0

    def __call__(self, done, total):
        now = time.monotonic()
        if done < total and now - self.shown < 0.1:
            return
        self.shown = now
        rate = done / max(now - self.begin, 1e-9)
        filled = 30 * done // max(total, 1)
        line = f"\r[{'#' * filled}{'.' * (30 - filled)}] {done:,}/{total:,} images, {rate:.3g}/s"
        self.stream.write(line + ("\n" if done >= total else ""))
        self.stream.flush()


def reporter(progress):
    """A function of (done, total), or None."""
    if progress is None or progress is False:
        return None
    if progress is True:
        return _Bar(sys.stderr)
    if callable(progress):
        return progress
    raise TypeError(f"progress is True, False or a function of (done, total), not {progress!r}")
