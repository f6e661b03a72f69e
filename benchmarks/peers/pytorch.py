"""PyTorch: eager with fused Adam, and the same compiled. Data on the device, batches gathered by a shuffled index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.families import LEARNING_RATE, Family
from benchmarks.peers import Missing

PEERS = ("torch", "torch compiled")


def prepare(peer: str, family: Family) -> Callable[[int], None]:
    try:
        import torch
    except ImportError:
        raise Missing("PyTorch is not installed: make peers, or pip install -r requirements-peers.txt") from None
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    x, y = (torch.from_numpy(array).to(device) for array in family.arrays())
    if family.kind == "cnn":
        x = x.permute(0, 3, 1, 2).contiguous()
    net = _net(torch.nn, family).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, fused=True)

    def loss_of(inputs: Any, targets: Any) -> Any:
        return torch.nn.functional.cross_entropy(net(inputs), targets)

    forward = torch.compile(loss_of) if peer == "torch compiled" else loss_of

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for rows in torch.randperm(family.rows, device=device).split(family.batch):
                optimizer.zero_grad(set_to_none=True)
                loss = forward(x[rows], y[rows])
                loss.backward()
                optimizer.step()
        assert loss.isfinite().item()

    return train


def _net(nn: Any, family: Family) -> Any:
    if family.kind == "mlp":
        widths = (*family.input, *family.units)
        hidden = [
            part
            for before, after in zip(widths, widths[1:], strict=False)
            for part in (nn.Linear(before, after), nn.ReLU(), *([nn.Dropout(family.dropout)] if family.dropout else []))
        ]
        return nn.Sequential(*hidden, nn.Linear(widths[-1], family.classes))
    if family.kind == "cnn":
        height, width, channels = family.input
        widths = (channels, *family.units)
        blocks = [
            part
            for before, after in zip(widths, widths[1:], strict=False)
            for part in (nn.Conv2d(before, after, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2))
        ]
        pixels = (height >> len(family.units)) * (width >> len(family.units))
        return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(pixels * widths[-1], family.classes))

    class Lstm(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(family.input[-1], family.units[0], len(family.units), batch_first=True)
            self.head = nn.Linear(family.units[-1], family.classes)

        def forward(self, inputs: Any) -> Any:
            return self.head(self.lstm(inputs)[0][:, -1])

    return Lstm()
