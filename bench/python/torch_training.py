"""Forward and forward + backward of the same network by torch on one thread, batch 8, complex64."""
import json
import time

import torch

torch.set_num_threads(1)
N, M, BATCH, REPEATS = 200, 400, 8, 7
generator = torch.Generator().manual_seed(1)
transfer = torch.polar(torch.ones(M, M), 6.28 * torch.rand(M, M, generator=generator))
phases = [torch.zeros(N, N, requires_grad=True) for _ in range(5)]
start = (torch.rand(BATCH, N, N, generator=generator) > 0.8).to(torch.complex64)


def propagate(field):
    return torch.fft.ifft2(torch.fft.fft2(field, s=(M, M)) * transfer)[..., :N, :N]


def forward():
    field = propagate(start)
    for phase in phases:
        field = propagate(field * torch.polar(torch.ones_like(phase), phase))
    intensity = field.real**2 + field.imag**2
    return intensity[:, 50:62, 50:62].sum()


def median(work):
    work()
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    times.sort()
    return times[len(times) // 2] * 1000 / BATCH


def inference():
    with torch.no_grad():
        forward()


def training():
    for phase in phases:
        phase.grad = None
    forward().backward()


print(json.dumps({"version": f"torch {torch.__version__}", "forwardMs": median(inference), "trainingMs": median(training)}))
