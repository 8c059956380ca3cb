"""The family's networks, smallest first: plain convolutions, then residual ones.

Every network takes N x 1 x 28 x 28 normalised pixels and gives N x 10 logits.
"""
from torch import nn
from torch.nn.functional import relu


def convolution(inputs, outputs, stride=1, kernel=3):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Two convolutions beside a shortcut, which is a 1 x 1 convolution where shapes differ."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = convolution(inputs, outputs, stride)
        self.second = convolution(outputs, outputs)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else convolution(inputs, outputs, stride, 1)

    def forward(self, x):
        return relu(self.second(relu(self.first(x))) + self.shortcut(x))


def head(width):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10)]


def plain(layers):
    """`layers`: (width, stride) of each convolution."""
    parts, width = [], 1
    for outputs, stride in layers:
        parts += [convolution(width, outputs, stride), nn.ReLU()]
        width = outputs
    return nn.Sequential(*parts, *head(width))


def residual(stem, stages):
    """`stages`: (width, blocks, stride of the first block) of each stage."""
    parts, width = [convolution(1, stem), nn.ReLU()], stem
    for outputs, blocks, stride in stages:
        for block in range(blocks):
            parts.append(Residual(width, outputs, stride if block == 0 else 1))
            width = outputs
    return nn.Sequential(*parts, *head(width))


NETWORKS = {
    "xs": ("3-layer CNN 4-8-16", lambda: plain([(4, 2), (8, 2), (16, 2)])),
    "s": ("4-layer CNN 8-16-32-32", lambda: plain([(8, 2), (16, 1), (32, 2), (32, 1)])),
    "m": ("4-layer CNN 16-32-64-64", lambda: plain([(16, 1), (32, 2), (64, 2), (64, 1)])),
    "l": ("residual CNN 16-32-64 with 1 block each",
          lambda: residual(16, [(16, 1, 1), (32, 1, 2), (64, 1, 2)])),
    "xl": ("residual CNN 24-48-96 with 1 block in each of the last two",
           lambda: residual(24, [(48, 1, 2), (96, 1, 2)])),
    "xxl": ("residual CNN 32-64-128 with 1 block each",
            lambda: residual(32, [(32, 1, 1), (64, 1, 2), (128, 1, 2)])),
    "xxxl": ("residual CNN 32-64-128 with 1, 2 and 2 blocks",
             lambda: residual(32, [(32, 1, 1), (64, 2, 2), (128, 2, 2)])),
}


def build(size):
    return NETWORKS[size][1]()


def architecture(size):
    return NETWORKS[size][0]


def multiply_adds(network, example):
    """Multiply-adds of the convolutions and the last layer for `example` (one picture)."""
    counts, hooks = [], []
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            hooks.append(layer.register_forward_hook(
                lambda layer, _, out: counts.append(out.numel() * layer.weight[0].numel())))
    network.eval()(example)
    for hook in hooks:
        hook.remove()
    return sum(counts)
