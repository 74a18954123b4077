"""Kernels and programs that start warm, as forks of a process that has already imported everything.

That process is this file with a path. A kernel or program is this file with the path and the program's name. It
passes on its files, arguments, environment and signals, and exits as the fork exits.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType

MODULES = (
    *("IPython.core.completer", "ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipywidgets"),
    *("pandas", "matplotlib_inline.backend_inline", "matplotlib.pyplot", "aiohttp", "botocore.httpsession", "boto3"),
    *(
        "moto.server",
        "flask_cors",
        "nbclient",
        "nbconvert.nbconvertapp",
        "papermill.cli",
        "papermill.execute",
        "pytest",
    ),
)
"""The modules to import in addition to eicnb's, if they are installed."""

PROGRAMS = {
    "jupyter-kernel": ("ipykernel.kernelapp", "launch_new_instance"),
    "jupyter-nbconvert": ("nbconvert.nbconvertapp", "main"),
    "papermill": ("papermill.cli", "papermill"),
    "pytest": ("pytest", "console_main"),
    "python": ("tests.warm", "interpret"),
}


def lighten_imports() -> None:
    """Skip grammars that jsonschema takes two seconds to import, for a format that no Jupyter schema uses."""
    sys.modules.setdefault("rfc3987_syntax", ModuleType("rfc3987_syntax"))


def run(path: str, arguments: list[str]) -> int:
    """Run a program in a fork of the process that listens on a path, and return its exit code."""
    asked = json.dumps({"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd())}).encode()
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
        server.sendall(asked)
        responses = server.makefile()
        process = int(responses.readline())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, frame: os.kill(process, number))
        code = int(responses.readline() or 1)
    if code < 0:  # killed by a signal
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def interpret() -> None:
    """Run `-c code` or `-m module`, as Python does."""
    import runpy

    _, option, what, *arguments = sys.argv
    sys.argv = [option if option == "-c" else what, *arguments]
    if option == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


def stay(path: str) -> socket.socket:
    """Keep the process alive while this connection is open; without any connection, it exits."""
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(path)
    except OSError:
        server.close()
        raise
    server.sendall(bytes(4))
    return server


class Forks:
    """The running forks, and the connections of the programs that requested them."""

    def __init__(self, path: str) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen(100)
        self._process_of: dict[socket.socket, int] = {}
        self._staying: set[socket.socket] = set()
        self._wakes, self._woken = socket.socketpair()
        self._wakes.setblocking(False)  # noqa: FBT003 (it takes no name)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._wakes.fileno())

    def serve(self) -> list[str]:
        """Fork on request; return in each fork with its arguments, and with no arguments when the tests are over."""
        while True:
            waited_for = [self._listening, self._woken, *self._process_of, *self._staying]
            for ready in select.select(waited_for, [], [])[0]:
                if ready is self._woken:
                    self._woken.recv(100)
                    self._report()
                elif ready in self._process_of:
                    self._kill(ready)
                elif ready in self._staying:
                    self._staying.remove(ready)
                    if not self._staying:
                        return []
                elif ready is self._listening and (arguments := self._fork(self._listening.accept()[0])):
                    return arguments

    def _fork(self, asking: socket.socket) -> list[str]:
        size, files, _, _ = socket.recv_fds(asking, 4, 3)
        if not int.from_bytes(size, "big"):
            self._staying.add(asking)
            return []
        asked = json.loads(asking.makefile("rb").read(int.from_bytes(size, "big")))
        if process := os.fork():
            self._process_of[asking] = process
            for file in files:
                os.close(file)
            asking.sendall(b"%d\n" % process)
            return []
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        for other in (self._listening, self._wakes, self._woken, asking, *self._process_of, *self._staying):
            other.close()
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        return list(asked["arguments"])

    def _report(self) -> None:
        """Report the exit codes of the forks that have exited."""
        for asking, process in list(self._process_of.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                del self._process_of[asking]
                with contextlib.suppress(OSError):  # the program was killed as well
                    asking.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
                asking.close()

    def _kill(self, asking: socket.socket) -> None:
        """Kill the fork of a program that was killed."""
        process = self._process_of.pop(asking)
        asking.close()
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)


def serve(path: str) -> None:
    """Import everything, then fork on request."""
    import gc
    import importlib
    import pkgutil

    lighten_imports()
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as in a kernel, and read at import
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # the same
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # threads do not survive a fork
    import eicnb

    ours = [module.name for module in pkgutil.walk_packages(eicnb.__path__, "eicnb.")]
    for name in (*MODULES, *ours):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(ImportError):
        import pandas as pd

        pd.set_option("display.max_columns", 20)  # as in a kernel; pandas checks it at import
    forks = Forks(path)
    gc.freeze()
    if os.fork():
        os._exit(0)  # it accepts requests from now on
    os.setsid()
    if arguments := forks.serve():
        module, function = PROGRAMS[arguments[0]]
        sys.argv = arguments
        sys.exit(getattr(importlib.import_module(module), function)())


if __name__ == "__main__":
    socket_path, *words = sys.argv[1:]
    if words:
        sys.exit(run(socket_path, words))
    sys.path.pop(0)  # the folder of this file
    serve(socket_path)
