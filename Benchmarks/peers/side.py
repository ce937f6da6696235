"""A process that stays alive, and so warm, and answers commands by numbers."""
import contextlib
import importlib.util
import os
import subprocess
import sys

import places


class Broken(Exception):
    """A side failed: what it said."""


class Side:
    def __init__(self, name, command, environment=None):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})})

    def say(self, *words):
        """The line that answers a command."""
        line = " ".join(str(word) for word in words)
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().strip()
        except BrokenPipeError:
            answer = ""
        if not answer or answer.startswith("error:"):
            raise Broken(f"{self.name}, asked for '{line[:100]}': {answer or 'ended'}")
        return answer

    def ask(self, *words):
        """The numbers that answer a command."""
        answer = self.say(*words)
        return [] if answer == "done" else [float(word) for word in answer.split()]

    def one(self, *words):
        return self.ask(*words)[0]

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Sides:
    """The processes of a run, each started when it is first wanted."""

    def __init__(self):
        self.all = {}

    def eos(self):
        return self.get("eos", start_eos)

    def torch(self, threads):
        return self.get(f"torch {threads}", lambda: start_torch(threads))

    def jax(self, threads):
        """None where there is no JAX."""
        if importlib.util.find_spec("jax") is None or importlib.util.find_spec("optax") is None:
            return None
        return self.get(f"jax {threads}", lambda: start_jax(threads))

    def get(self, name, start):
        # One that ended took a row of the comparison with it, and no more.
        if name not in self.all or self.all[name].process.poll() is not None:
            self.all[name] = start()
        return self.all[name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for side in self.all.values():
            side.close()


def start_eos():
    return Side("eos", [places.PRODUCTS / "peers-benchmark", places.PRODUCTS / "libeos-plugin-mlp.so"])


def start_torch(threads):
    return Side(
        f"torch with {threads} threads", [sys.executable, places.HERE / "others/torch_side.py", str(threads)],
        {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)})


def start_jax(threads):
    flags = "--xla_cpu_multi_thread_eigen=false" if threads == 1 else ""
    return Side(
        f"jax with {threads} threads", [sys.executable, places.HERE / "others/jax_side.py"],
        {"NPROC": str(threads), "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"})
