#!/usr/bin/env python3
"""Forward plus backward of activations in PyTorch, JAX and burn-rectifiers, side by side.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    venv/bin/python benches/peers/peers.py            # a table in Markdown
    venv/bin/python benches/peers/peers.py --help

Every contender is a process of its own; all take turns, several times, so that a busy machine
disturbs all alike. A figure is the median over all rounds of all turns. Each contender gets x, the
parameters and the gradient of the output, and computes the output and the gradients of x and of the
parameters; f32, one parameter per channel of axis 1, all cores.

What a figure includes, beyond that:
- PyTorch: one call of the module or of the composed operations, one of torch.autograd.grad.
- JAX: both passes under one jit, so that it may fuse them and need not store what lies between.
  "donated" lets it write dx over the incoming gradient.
- ours: the two calls that a graph makes. dx is written over the incoming gradient, which in a
  backward pass nobody else holds. "in a graph" is y = f(1·x), summed and differentiated by Burn's
  autodiff, minus the time of the same without f.
"""

import argparse
import ctypes.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

NAMES = ["relu", "leaky_relu", "prelu", "elu", "learnable_elu", "pelu", "swish"]
PARAMS = {"prelu": [0.25], "learnable_elu": [1.0], "pelu": [1.0, 1.0], "swish": [1.0]}


def torch_contender(shape, rounds, compiled):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(os.cpu_count())
    functions = {
        "relu": lambda x: F.relu(x),
        "leaky_relu": lambda x: F.leaky_relu(x, 0.01),
        "prelu": lambda x, a: F.prelu(x, a.flatten()),
        "elu": lambda x: F.elu(x),
        "learnable_elu": lambda x, a: torch.where(x > 0, x, a * torch.expm1(x.clamp(max=0))),
        "pelu": lambda x, a, b: torch.where(x > 0, a / b * x, a * torch.expm1(x.clamp(max=0) / b)),
        "swish": lambda x, a: x * torch.sigmoid(a * x),
    }
    torch.manual_seed(1)
    x = torch.randn(shape, requires_grad=True)
    gradient = torch.randn(shape)
    for name in NAMES:
        f = torch.compile(functions[name]) if compiled else functions[name]
        params = [torch.full((shape[1], 1, 1), v, requires_grad=True) for v in PARAMS.get(name, [])]

        def both():
            y = f(x, *params)
            return y, torch.autograd.grad(y, [x, *params], gradient)

        yield name, timed(both, rounds)


def jax_contender(shape, rounds, donated):
    import jax
    import jax.numpy as jnp

    where, expm1, least = jnp.where, jnp.expm1, jnp.minimum
    functions = {
        "relu": lambda x: jnp.maximum(x, 0),
        "leaky_relu": lambda x: where(x > 0, x, 0.01 * x),
        "prelu": lambda x, a: where(x > 0, x, a * x),
        "elu": lambda x: where(x > 0, x, expm1(least(x, 0))),
        "learnable_elu": lambda x, a: where(x > 0, x, a * expm1(least(x, 0))),
        "pelu": lambda x, a, b: where(x > 0, a / b * x, a * expm1(least(x, 0) / b)),
        "swish": lambda x, a: x * jax.nn.sigmoid(a * x),
    }
    keys = jax.random.split(jax.random.key(1))
    x, original = (jax.random.normal(key, shape) for key in keys)
    for name in NAMES:
        f = functions[name]
        params = [jnp.full((shape[1], 1, 1), v) for v in PARAMS.get(name, [])]

        def both(gradient, x, *params):
            y, pull = jax.vjp(f, x, *params)
            return y, pull(gradient)

        both = jax.jit(both, donate_argnums=[0] if donated else [])
        fresh = (lambda: jax.block_until_ready(original + 0)) if donated else (lambda: original)
        yield name, timed(lambda g: jax.block_until_ready(both(g, x, *params)), rounds, fresh)


def timed(work, rounds, prepare=None):
    """Milliseconds of each round but the first three, which compile and warm up."""
    times = []
    for _ in range(rounds + 3):
        inputs = [prepare()] if prepare else []
        start = time.perf_counter()
        result = work(*inputs)
        del result
        times.append((time.perf_counter() - start) * 1e3)
    return times[3:]


def ours(binary, shape, rounds):
    """Times of the two passes together, and above nothing in a graph."""
    command = [binary, "floor", "--json", "--backend", "flex", "--rounds", str(rounds)]
    command += ["--shape", ",".join(map(str, shape)), "--activations", ",".join(NAMES)]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    passes = {row["curve"]: [row["forward"] + row["backward"]] for row in rows}
    return passes, {row["curve"]: [row["graph"]] for row in rows}


def build():
    root = Path(__file__).resolve().parents[2]
    command = ["cargo", "build", "--example", "bench", "--message-format=json-render-diagnostics"]
    lines = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    built = [json.loads(line).get("executable") for line in lines.splitlines()]
    return [path for path in built if path][-1]


def machine():
    cpu = platform.processor()
    for line in open("/proc/cpuinfo") if os.path.exists("/proc/cpuinfo") else []:
        if line.startswith("model name"):
            cpu = line.split(":")[1].strip()
            break
    return f"{cpu}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}"


def versions():
    import importlib.metadata as metadata

    return ", ".join(f"{name} {metadata.version(name)}" for name in ["torch", "jax"])


CONTENDERS = {
    "PyTorch": lambda s, r: torch_contender(s, r, compiled=False),
    "PyTorch, mimalloc": lambda s, r: torch_contender(s, r, compiled=False),
    "torch.compile": lambda s, r: torch_contender(s, r, compiled=True),
    "torch.compile, mimalloc": lambda s, r: torch_contender(s, r, compiled=True),
    "JAX jit": lambda s, r: jax_contender(s, r, donated=False),
    "JAX jit, donated": lambda s, r: jax_contender(s, r, donated=True),
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shape", default="64,128,32,32", help="batch,channels,height,width")
    parser.add_argument("--rounds", type=int, default=11, help="per turn [11]")
    parser.add_argument("--turns", type=int, default=3, help="of every contender [3]")
    parser.add_argument("--json", action="store_true", help="medians in milliseconds, nothing else")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    shape = tuple(map(int, args.shape.split(",")))
    if args.contender:
        print(json.dumps(dict(CONTENDERS[args.contender](shape, args.rounds))))
        return

    mimalloc = ctypes.util.find_library("mimalloc")
    if not mimalloc:
        print("without mimalloc (Debian: libmimalloc2.0): its columns are left out", file=sys.stderr)
    binary = build()
    times = {}

    def add(contender, found):
        for name, more in found.items():
            times.setdefault(contender, {}).setdefault(name, []).extend(more)

    for turn in range(args.turns):
        for contender in CONTENDERS:
            preload = "mimalloc" in contender
            if preload and not mimalloc:
                continue
            print(f"turn {turn + 1} of {args.turns}: {contender}", file=sys.stderr)
            command = [sys.executable, __file__, "--contender", contender]
            command += ["--shape", args.shape, "--rounds", str(args.rounds)]
            env = dict(os.environ, **({"LD_PRELOAD": mimalloc} if preload else {}))
            run = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
            add(contender, json.loads(run.stdout.splitlines()[-1]))
        print(f"turn {turn + 1} of {args.turns}: ours", file=sys.stderr)
        passes, graph = ours(binary, shape, args.rounds)
        add("ours", passes)
        add("ours, in a graph", graph)

    medians = {
        contender: {name: statistics.median(times) for name, times in found.items()}
        for contender, found in times.items()
    }
    if args.json:
        print(json.dumps(medians))
        return
    print(f"{args.shape.replace(',', '×')} f32, ms; {versions()}; {machine()}\n")
    print("| |" + "".join(f" {name} |" for name in NAMES))
    print("|---|" + "---:|" * len(NAMES))
    for contender, found in medians.items():
        print(f"| {contender} |" + "".join(f" {found[name]:.1f} |" for name in NAMES))
    print("\nTimes ours (the two passes):\n")
    print("| |" + "".join(f" {name} |" for name in NAMES))
    print("|---|" + "---:|" * len(NAMES))
    for contender, found in medians.items():
        cells = (f" {found[name] / medians['ours'][name]:.1f} |" for name in NAMES)
        print(f"| {contender} |" + "".join(cells))


if __name__ == "__main__":
    main()
