"""Games written down in plain PyTorch: what the package's engine is compared with."""

import time
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from imblearn_gan.networks import DCGANFamily


def gamo(X, y, n_iter, device, batch=32):
    """Seconds an update of GAMO's game, as in the paper."""
    torch.manual_seed(0)
    slope, n_classes = 0.1, int(y.max()) + 1
    counts = np.bincount(y)
    x = torch.from_numpy(X).float().div(127.5).sub(1)[:, None].to(device)
    labels = torch.from_numpy(y).to(device)
    F = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.LeakyReLU(slope), nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 5, padding=2), nn.LeakyReLU(slope), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(1568, 512), nn.Tanh(),
    ).to(device)  # fmt: skip
    M = nn.Sequential(
        nn.Linear(512, 256), nn.LeakyReLU(slope), nn.Linear(256, 128), nn.LeakyReLU(slope),
        nn.Linear(128, n_classes),
    ).to(device)  # fmt: skip
    D = nn.Sequential(
        nn.Linear(512 + n_classes, 256), nn.LeakyReLU(slope), nn.Linear(256, 128),
        nn.LeakyReLU(slope), nn.Linear(128, 1),
    ).to(device)  # fmt: skip
    T = nn.Sequential(
        nn.Linear(100 + n_classes, 256), nn.ReLU(), nn.BatchNorm1d(256), nn.Linear(256, 64),
        nn.ReLU(), nn.BatchNorm1d(64),
    ).to(device)  # fmt: skip
    units = nn.ModuleList([nn.Linear(64, int(n)) for n in counts]).to(device)
    deficit = torch.tensor(counts.max() - counts, dtype=torch.float64)
    minority = (deficit > 0).double()
    G = [
        *T.parameters(),
        *(p for i, u in enumerate(units) if deficit[i] > 0 for p in u.parameters()),
    ]
    groups = [list(F.parameters()), list(M.parameters()), list(D.parameters()), G]
    optimizers = [torch.optim.Adam(g, 2e-4, betas=(0.5, 0.999), fused=True) for g in groups]
    starts = np.concatenate([[0], np.cumsum(counts)])

    def one_hot(y):
        return nn.functional.one_hot(y, n_classes).float()

    def step(i, loss):
        optimizers[i].zero_grad()
        loss.backward(inputs=groups[i])
        optimizers[i].step()

    def generate(weights):
        drawn = torch.multinomial(weights, batch, replacement=True).sort()[0]
        y = one_hot(drawn.to(device))
        mapped = T(torch.cat([torch.randn(batch, 100, device=device), y], 1))
        parts, start = [], 0
        for i, n in enumerate(torch.bincount(drawn, minlength=n_classes).tolist()):
            if n:
                w = torch.softmax(units[i](mapped[start : start + n]), 1)
                parts.append(w @ pool[starts[i] : starts[i + 1]])
                start += n
        return torch.cat(parts), y

    def squared(logits, target):
        return (torch.softmax(logits, 1) - target).square().sum(1).mean()

    def discriminated(v, y, target):
        return (torch.sigmoid(D(torch.cat([v, y], 1))) - target).square().mean()

    begin = time.perf_counter()
    for iteration in range(n_iter):
        if iteration % (len(x) // batch) == 0:
            with torch.no_grad():
                pool = torch.cat([F(part) for part in x.split(1024)])
        index = torch.randint(len(x), (batch,), device=device)
        step(0, squared(M(F(x[index])), one_hot(labels[index])))
        index = torch.randint(len(x), (batch,), device=device)
        real, real_y = pool[index], one_hot(labels[index])
        with torch.no_grad():
            made, made_y = generate(deficit)
        step(1, squared(M(real), real_y) + squared(M(made), made_y))
        step(2, discriminated(real, real_y, 1.0) + discriminated(made, made_y, 0.0))
        made, made_y = generate(minority)
        step(3, squared(M(made), 1 - made_y) + discriminated(made, made_y, 1.0))
    if device != "cpu":
        torch.cuda.synchronize()
    return (time.perf_counter() - begin) / n_iter


def bagan(X, y, n_iter, device, batch=64):
    """Seconds an update of BAGAN's game, in float32."""
    torch.manual_seed(0)
    n_classes = int(y.max()) + 1
    spec = SimpleNamespace(shape=(1, *X.shape[1:]), is_image=True)
    family = DCGANFamily()
    x = torch.from_numpy(X).float().div(127.5).sub(1)[:, None].to(device)
    labels = torch.from_numpy(y).to(device)
    trunk = nn.Sequential(family.encoder(spec, 256), nn.LeakyReLU(0.2))
    D = nn.Sequential(trunk, nn.Linear(256, n_classes + 1)).to(device)
    G = family.decoder(spec, 100).to(device)
    average = torch.optim.swa_utils.AveragedModel(
        G, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    codes = torch.randn(len(x), 100, device=device)
    starts = torch.from_numpy(np.r_[0, np.cumsum(np.bincount(y))[:-1]]).to(device)
    counts = torch.from_numpy(np.bincount(y)).to(device)
    adams = [
        torch.optim.Adam(net.parameters(), 2e-4, betas=(0.5, 0.999), fused=True) for net in (D, G)
    ]

    def rows(size):
        drawn = torch.randint(n_classes, (size,), device=device)
        return starts[drawn] + (torch.rand(size, device=device) * counts[drawn]).long(), drawn

    def draw(size):
        first, drawn = rows(size)
        weight = torch.rand(size, 1, device=device)
        return torch.lerp(codes[first], codes[rows(size)[0]], weight), drawn

    n_generated = round(batch / (n_classes + 1))
    begin = time.perf_counter()
    for _ in range(n_iter):
        index, _ = rows(batch - n_generated)
        with torch.no_grad():
            made = G(draw(batch)[0])[:n_generated]
        targets = torch.cat([labels[index], torch.full((n_generated,), n_classes, device=device)])
        loss = nn.functional.cross_entropy(D(torch.cat([x[index], made])), targets)
        adams[0].zero_grad()
        loss.backward()
        adams[0].step()
        z, drawn = draw(batch)
        index, _ = rows(batch)
        loss = nn.functional.cross_entropy(D(G(z)), drawn)
        loss = loss + 10 * (G(codes[index]) - x[index]).square().mean()
        adams[1].zero_grad()
        loss.backward(inputs=list(G.parameters()))
        adams[1].step()
        average.update_parameters(G)
    if device != "cpu":
        torch.cuda.synchronize()
    return (time.perf_counter() - begin) / n_iter
