"""The recipe `fast` of `cnn_cifar` in PyTorch: the same network, data, schedule and steps.

    python benches/peers/cnn_cifar.py --data-dir data/cifar-10-batches-bin --seed 0
"""

import argparse
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def images(folder, name):
    rows = np.concatenate([np.fromfile(file, np.uint8) for file in sorted(folder.glob(name))]).reshape(-1, 3073)
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32)), torch.from_numpy(rows[:, 0].astype(np.int64))


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.activation = nn.PReLU(outputs)

    def forward(self, x):
        return self.activation(self.norm(self.conv(x)))


class ResNet9(nn.Module):
    def __init__(self, width=16, classes=10):
        super().__init__()
        widths = [3] + [width * times for times in (1, 2, 2, 2, 4, 8, 8, 8)]
        self.blocks = nn.ModuleList(Block(*pair) for pair in zip(widths, widths[1:]))
        self.classifier = nn.Linear(widths[-1], classes)

    def forward(self, x):
        b = self.blocks
        x = F.max_pool2d(b[1](b[0](x)), 2)
        x = x + b[3](b[2](x))
        x = F.max_pool2d(b[4](x), 2)
        x = F.max_pool2d(b[5](x), 2)
        x = x + b[7](b[6](x))
        return self.classifier(F.max_pool2d(x, 4).flatten(1))


def augmented(x):
    """Every other image mirrored, and each moved by up to four pixels."""
    flip = torch.rand(len(x)) < 0.5
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    padded = F.pad(x, (4, 4, 4, 4))
    moved = [image[:, d : d + 32, r : r + 32] for image, (d, r) in zip(padded, torch.randint(0, 9, (len(x), 2)).tolist())]
    return torch.stack(moved)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data-dir", type=pathlib.Path, default=pathlib.Path("data/cifar-10-batches-bin"))
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--epochs", type=int, default=20)
    arguments.add_argument("--batch-size", type=int, default=128)
    arguments.add_argument("--lr", type=float, default=0.2)
    arguments.add_argument("--weight-decay", type=float, default=5e-4)
    arguments.add_argument("--val-split", type=float, default=0.0, help="judge by this share of the training images")
    arguments = arguments.parse_args()

    torch.manual_seed(arguments.seed)
    x, y = images(arguments.data_dir, "data_batch_*.bin")
    judged_x, judged_y = images(arguments.data_dir, "test_batch.bin")
    if arguments.val_split:
        kept = len(x) - round(len(x) * arguments.val_split)
        x, judged_x, y, judged_y = x[:kept], x[kept:], y[:kept], y[kept:]
    mean, deviation = [f(x.float(), dim=(0, 2, 3), keepdim=True) for f in (torch.mean, torch.std)]
    x, judged_x = (x.float() - mean) / deviation, (judged_x.float() - mean) / deviation

    net = ResNet9()
    weights = [p for name, p in net.named_parameters() if "conv" in name or name == "classifier.weight"]
    others = [p for name, p in net.named_parameters() if not ("conv" in name or name == "classifier.weight")]
    groups = [{"params": weights, "weight_decay": arguments.weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, lr=arguments.lr, momentum=0.9, nesterov=True)
    per_epoch = -(-len(x) // arguments.batch_size)
    steps = arguments.epochs * per_epoch
    rise = round(0.3 * steps)
    rate = lambda step: 0.04 + 0.96 * step / rise if step < rise else (steps - step) / (steps - rise)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)

    parameters = sum(p.numel() for p in net.parameters())
    print(f"PyTorch {torch.__version__}, {parameters} parameters, {len(x)} images, {steps} steps")
    seconds = 0.0
    for epoch in range(arguments.epochs):
        start = time.perf_counter()
        net.train()
        for part in torch.randperm(len(x)).split(arguments.batch_size):
            loss = F.cross_entropy(net(augmented(x[part])), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        seconds += time.perf_counter() - start
        net.eval()
        with torch.no_grad():
            right = sum((net(a).argmax(1) == b).sum().item() for a, b in zip(judged_x.split(500), judged_y.split(500)))
        speed = (epoch + 1) * len(x) / seconds
        print(f"epoch {epoch + 1}: accuracy {right / len(judged_x):.4f}, {speed:.0f} images/s", flush=True)


if __name__ == "__main__":
    main()
