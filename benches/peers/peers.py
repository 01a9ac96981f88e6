#!/usr/bin/env python3
"""Forward plus backward of activations in PyTorch, JAX and burn-rectifiers, side by side.

    python3 -m venv venv && venv/bin/pip install -r benches/peers/requirements.txt
    venv/bin/python benches/peers/peers.py            # a table in Markdown
    venv/bin/python benches/peers/peers.py --step     # of whole training steps
    venv/bin/python benches/peers/peers.py --backend cuda --shape 1024,128,32,32   # on a GPU
    venv/bin/python benches/peers/peers.py --shape 4096,11008 --sharing layer --activations gelu,xielu
    venv/bin/python benches/peers/peers.py --help

Every contender is a process of its own; all take turns, several times, so that a busy machine
disturbs all alike. A figure is the median over all rounds of all turns. Each contender gets x, the
parameters and the gradient of the output, and computes the output and the gradients of x and of the
parameters; f32, all cores. Parameters are one per channel of axis 1, or one per layer. Theirs of xIELU
has no learned beta, as in Hugging Face's transformers; ours learns it, too.

What a figure includes, beyond that:
- PyTorch: one call of the module or of the composed operations, one of torch.autograd.grad.
- JAX: both passes under one jit, so that it may fuse them and need not store what lies between.
  "donated" lets it write dx over the incoming gradient.
- ours: the two calls that a graph makes. dx is written over the incoming gradient, which in a
  backward pass nobody else holds. "in a graph" is y = f(1·x), summed and differentiated by Burn's
  autodiff, minus the time of the same without f.

A training step is one of the network of cnn_cifar (blocks of 32, 64 and 128 channels: convolution
3x3, activation, max-pooling; then a linear layer) on 64 random images: forward, cross entropy,
backward, Adam. Under torch.compile the network is compiled, under jit the whole step.

On a GPU, with a GPU backend of ours, PyTorch and JAX use it too (then install jax[cuda13] rather than
jax[cpu]). It is given several passes before it is waited for; a figure is one pass's share.
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
PARAMS = {
    "prelu": [0.25],
    "learnable_elu": [1.0],
    "pelu": [1.0, 1.0],
    "swish": [1.0],
    "xielu": [0.2, -1.0],
}


def param_shape(shape, sharing):
    """Of one parameter, so that it is broadcast to an input of that shape."""
    return (1,) if sharing == "layer" else (shape[1], *[1] * (len(shape) - 2))


# Passes that a GPU is given before it is waited for. Steps are waited for one by one everywhere.
GPU_PASSES = 8


def torch_device(gpu):
    """Where PyTorch computes, and how to wait for it."""
    import torch

    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(1)
    if gpu:
        return "cuda", torch.cuda.synchronize
    return "cpu", lambda: None


def torch_contender(shape, rounds, gpu, names, sharing, compiled):
    import torch
    import torch.nn.functional as F

    device, wait = torch_device(gpu)
    functions = {
        "relu": lambda x: F.relu(x),
        "leaky_relu": lambda x: F.leaky_relu(x, 0.01),
        "prelu": lambda x, a: F.prelu(x, a.flatten()),
        "elu": lambda x: F.elu(x),
        "learnable_elu": lambda x, a: torch.where(x > 0, x, a * torch.expm1(x.clamp(max=0))),
        "pelu": lambda x, a, b: torch.where(x > 0, a / b * x, a * torch.expm1(x.clamp(max=0) / b)),
        "swish": lambda x, a: x * torch.sigmoid(a * x),
        "gelu": lambda x: F.gelu(x),
        "xielu": lambda x, p, n: torch.where(
            x > 0,
            F.softplus(p) * x * x + 0.5 * x,
            (torch.expm1(x.clamp(max=-1e-6)) - x) * (0.5 + F.softplus(n)) + 0.5 * x,
        ),
    }
    x = torch.randn(shape, device=device, requires_grad=True)
    gradient = torch.randn(shape, device=device)
    for name in names:
        f = torch.compile(functions[name]) if compiled else functions[name]
        params = [
            torch.full(param_shape(shape, sharing), value, device=device, requires_grad=True)
            for value in PARAMS.get(name, [])
        ]

        def both():
            y = f(x, *params)
            return y, torch.autograd.grad(y, [x, *params], gradient)

        yield name, timed(both, rounds, lambda _: wait(), passes=GPU_PASSES if gpu else 1)


def jax_on(gpu):
    """JAX, to compute there or nowhere."""
    import jax

    jax.config.update("jax_platforms", "cuda" if gpu else "cpu")
    return jax


def jax_contender(shape, rounds, gpu, names, sharing, donated):
    jax = jax_on(gpu)
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
        "gelu": lambda x: jax.nn.gelu(x, approximate=False),
        "xielu": lambda x, p, n: where(
            x > 0,
            jax.nn.softplus(p) * x * x + 0.5 * x,
            (expm1(least(x, -1e-6)) - x) * (0.5 + jax.nn.softplus(n)) + 0.5 * x,
        ),
    }
    keys = jax.random.split(jax.random.key(1))
    x, original = (jax.random.normal(key, shape) for key in keys)
    for name in names:
        f = functions[name]
        params = [jnp.full(param_shape(shape, sharing), v) for v in PARAMS.get(name, [])]

        def both(gradient, x, *params):
            y, pull = jax.vjp(f, x, *params)
            return y, pull(gradient)

        both = jax.jit(both, donate_argnums=[0] if donated else [])
        fresh = (lambda: jax.block_until_ready(original + 0)) if donated else (lambda: original)
        both_of = lambda gradient: both(gradient, x, *params)
        passes = GPU_PASSES if gpu else 1
        yield name, timed(both_of, rounds, jax.block_until_ready, fresh, passes)


STEP_NAMES = ["relu", "prelu"]
BATCH, WIDTHS, CLASSES, RATE = 64, [3, 32, 64, 128], 10, 1e-3


def torch_step(rounds, gpu, compiled):
    import torch
    from torch import nn

    device, wait = torch_device(gpu)
    images = torch.randn(BATCH, 3, 32, 32, device=device)
    targets = torch.arange(BATCH, device=device) % CLASSES
    for name in STEP_NAMES:
        layers = []
        for inputs, width in zip(WIDTHS, WIDTHS[1:]):
            activation = nn.PReLU(width) if name == "prelu" else nn.ReLU()
            layers += [nn.Conv2d(inputs, width, 3, padding=1), activation, nn.MaxPool2d(2)]
        net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(WIDTHS[-1] * 4 * 4, CLASSES))
        net = net.to(device)
        optimizer = torch.optim.Adam(net.parameters(), RATE)
        forward = torch.compile(net) if compiled else net

        def step():
            optimizer.zero_grad()
            nn.functional.cross_entropy(forward(images), targets).backward()
            optimizer.step()

        yield name, timed(step, rounds, lambda _: wait())


def jax_step(rounds, gpu):
    jax = jax_on(gpu)
    import jax.numpy as jnp

    key = jax.random.key(1)
    images = jax.random.normal(key, (BATCH, 3, 32, 32))
    targets = jnp.arange(BATCH) % CLASSES

    def loss(params, activate):
        x = images
        for weight, bias, slope in params[:-1]:
            x = jax.lax.conv(x, weight, (1, 1), "SAME") + bias
            x = activate(x, slope)
            window, stride = (1, 1, 2, 2), (1, 1, 2, 2)
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, stride, "VALID")
        weight, bias = params[-1]
        logits = x.reshape(BATCH, -1) @ weight + bias
        return -jax.nn.log_softmax(logits)[jnp.arange(BATCH), targets].mean()

    functions = {
        "relu": lambda x, a: jnp.maximum(x, 0),
        "prelu": lambda x, a: jnp.where(x > 0, x, a * x),
    }
    for name in STEP_NAMES:
        params = []
        for inputs, width in zip(WIDTHS, WIDTHS[1:]):
            weight = 0.1 * jax.random.normal(key, (width, inputs, 3, 3))
            params.append((weight, jnp.zeros((width, 1, 1)), jnp.full((width, 1, 1), 0.25)))
        weight = 0.02 * jax.random.normal(key, (WIDTHS[-1] * 4 * 4, CLASSES))
        params.append((weight, jnp.zeros(CLASSES)))

        def adam(state, activate=functions[name]):
            params, first, second, count = state
            gradient = jax.grad(loss)(params, activate)
            count = count + 1
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
            ahead, scale = 1 - 0.9**count, 1 - 0.999**count
            update = lambda p, m, v: p - RATE * (m / ahead) / (jnp.sqrt(v / scale) + 1e-8)
            return jax.tree.map(update, params, first, second), first, second, count

        step = jax.jit(adam, donate_argnums=[0])
        zeros = jax.tree.map(jnp.zeros_like, params)
        state = [(params, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(()))]

        def train():
            state[0] = step(state[0])
            return state[0]

        yield name, timed(train, rounds, jax.block_until_ready)


def our_steps(binary, backend, rounds):
    """Times of a step with ours, and with Burn's own activations."""
    command = [binary, "step", "--json", "--backend", backend, "--rounds", str(rounds)]
    command += ["--activations", ",".join(STEP_NAMES)]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    times = {row["name"]: row["ms"] for row in rows}
    ours = {name: times[name] for name in STEP_NAMES}
    return ours, {name: times["Burn's " + name] for name in STEP_NAMES}


def timed(work, rounds, wait, prepare=None, passes=1):
    """Milliseconds of each round but the first three, which compile and warm up."""
    times = []
    for _ in range(rounds + 3):
        inputs = [[prepare()] if prepare else [] for _ in range(passes)]
        start = time.perf_counter()
        for args in inputs:
            result = work(*args)
        wait(result)
        del result
        times.append((time.perf_counter() - start) * 1e3 / passes)
    return times[3:]


def ours(binary, backend, shape, rounds, names, sharing):
    """Times of the two passes together, and above nothing in a graph."""
    command = [binary, "floor", "--json", "--backend", backend, "--rounds", str(rounds)]
    command += ["--shape", ",".join(map(str, shape)), "--activations", ",".join(names)]
    command += ["--sharing", sharing]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    passes = {row["curve"]: [row["forward"] + row["backward"]] for row in rows}
    return passes, {row["curve"]: [row["graph"]] for row in rows}


def build(backend):
    root = Path(__file__).resolve().parents[2]
    command = ["cargo", "build", "--example", "bench", "--message-format=json-render-diagnostics"]
    command += ["--features", backend]
    lines = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    built = [json.loads(line).get("executable") for line in lines.splitlines()]
    return [path for path in built if path][-1]


def machine(gpu):
    if gpu:
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        name = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
        return f"{name[0] if name else 'a GPU'}, {time.strftime('%Y-%m-%d')}"
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
    "PyTorch": lambda *args: torch_contender(*args, compiled=False),
    "PyTorch, mimalloc": lambda *args: torch_contender(*args, compiled=False),
    "torch.compile": lambda *args: torch_contender(*args, compiled=True),
    "torch.compile, mimalloc": lambda *args: torch_contender(*args, compiled=True),
    "JAX jit": lambda *args: jax_contender(*args, donated=False),
    "JAX jit, donated": lambda *args: jax_contender(*args, donated=True),
}
STEPS = {
    "PyTorch": lambda *args: torch_step(*args, compiled=False),
    "PyTorch, mimalloc": lambda *args: torch_step(*args, compiled=False),
    "torch.compile": lambda *args: torch_step(*args, compiled=True),
    "torch.compile, mimalloc": lambda *args: torch_step(*args, compiled=True),
    "JAX jit, donated": jax_step,
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shape", default="64,128,32,32", help="batch,channels,height,width")
    parser.add_argument(
        "--activations", default=",".join(NAMES), help=f"also gelu, xielu [{','.join(NAMES)}]"
    )
    parser.add_argument("--sharing", default="channel", help="of parameters: channel, layer [channel]")
    parser.add_argument("--rounds", type=int, default=11, help="per turn [11]")
    parser.add_argument("--turns", type=int, default=3, help="of every contender [3]")
    parser.add_argument("--step", action="store_true", help="training steps, not activations alone")
    parser.add_argument("--backend", default="flex", help="of ours: flex, cuda, vulkan, … [flex]")
    parser.add_argument("--binary", help="the built example `bench` [default: build it]")
    parser.add_argument("--json", action="store_true", help="medians in milliseconds, nothing else")
    parser.add_argument("--contender", choices=[*CONTENDERS, *STEPS], help=argparse.SUPPRESS)
    args = parser.parse_args()
    shape = tuple(map(int, args.shape.split(",")))
    gpu = args.backend not in ["flex", "ndarray"]
    if args.step:
        contenders, names, how = STEPS, STEP_NAMES, (args.rounds, gpu)
    else:
        contenders, names = CONTENDERS, args.activations.split(",")
        how = (shape, args.rounds, gpu, names, args.sharing)
    if args.contender:
        print(json.dumps(dict(contenders[args.contender](*how))))
        return

    # What allocates on the host does not matter to a GPU.
    mimalloc = None if gpu else ctypes.util.find_library("mimalloc")
    if not mimalloc and not gpu:
        print("without mimalloc (Debian: libmimalloc2.0): its rows are left out", file=sys.stderr)
    binary = args.binary or build(args.backend)
    times = {}

    def add(contender, found):
        for name, more in found.items():
            times.setdefault(contender, {}).setdefault(name, []).extend(more)

    for turn in range(args.turns):
        for contender in contenders:
            preload = "mimalloc" in contender
            if preload and not mimalloc:
                continue
            print(f"turn {turn + 1} of {args.turns}: {contender}", file=sys.stderr)
            command = [sys.executable, __file__, "--contender", contender]
            command += ["--shape", args.shape, "--rounds", str(args.rounds)]
            command += ["--activations", args.activations, "--sharing", args.sharing]
            command += ["--backend", args.backend] + (["--step"] if args.step else [])
            env = dict(os.environ, **({"LD_PRELOAD": mimalloc} if preload else {}))
            run = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
            add(contender, json.loads(run.stdout.splitlines()[-1]))
        print(f"turn {turn + 1} of {args.turns}: ours", file=sys.stderr)
        if args.step:
            own, burns = our_steps(binary, args.backend, args.rounds)
            add("ours", own)
            add("Burn's activations", burns)
        else:
            passes, graph = ours(binary, args.backend, shape, args.rounds, names, args.sharing)
            add("ours", passes)
            add("ours, in a graph", graph)

    medians = {
        contender: {name: statistics.median(times) for name, times in found.items()}
        for contender, found in times.items()
    }
    if args.json:
        print(json.dumps(medians))
        return
    what = "training step" if args.step else args.shape.replace(",", "×") + " f32"
    print(f"{what}, ms; {versions()}; {machine(gpu)}\n")
    table(medians, names, lambda contender, name: medians[contender][name], 2 if gpu else 1)
    print("\nTimes ours:\n" if args.step else "\nTimes ours (the two passes):\n")
    table(medians, names, lambda contender, name: medians[contender][name] / medians["ours"][name])


def table(contenders, names, cell, digits=1):
    print("| |" + "".join(f" {name} |" for name in names))
    print("|---|" + "---:|" * len(names))
    for contender in contenders:
        print(f"| {contender} |" + "".join(f" {cell(contender, name):.{digits}f} |" for name in names))


if __name__ == "__main__":
    main()
