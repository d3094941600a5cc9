"""Training steps of a diffractive network by torch: the problem that training.bench.ts has written, Adam on the phases.

Arguments: description (JSON), threads. The first line of the answer is the loss and the version, with the gradient of the
first step in a file; then each line of the input is a number of steps, answered by their time.
"""
import array
import json
import sys
import time

import torch

with open(sys.argv[1], encoding="utf8") as file:
    problem = json.load(file)
torch.set_num_threads(int(sys.argv[2]))
N, M, LAYERS, BATCH = problem["count"], problem["length"], problem["layers"], problem["batch"]


def read(name, *shape):
    part = problem["arrays"][name]
    with open(problem["file"], "rb") as file:
        file.seek(4 * part["first"])
        values = torch.frombuffer(bytearray(file.read(4 * part["count"])), dtype=torch.float32)
    return values.reshape(shape)


objects = torch.complex(read("objectRe", BATCH, N, N), read("objectIm", BATCH, N, N))
base = torch.complex(read("transferRe", LAYERS + 1, M, M), read("transferIm", LAYERS + 1, M, M))
shifts = read("shift", LAYERS + 1, 2)
weights = read("regions", -1, N * N).T.contiguous()
labels = read("labels", BATCH).long()
power = read("power", BATCH)
phases = [row.clone().requires_grad_() for row in read("phases", LAYERS, N, N)]
frequency = torch.fft.fftfreq(M)
optimiser = torch.optim.Adam(phases, lr=problem["rate"])


def transfers():
    """Every step has plates out of place of its own: the transfer functions carry their shifts."""
    angle = 2 * torch.pi * shifts[:, :, None] * frequency
    ramp = torch.polar(torch.ones_like(angle), angle)
    return base * (ramp[:, 1, :, None] * ramp[:, 0, None, :])


def propagate(field, transfer):
    return torch.fft.ifft2(torch.fft.fft2(field, s=(M, M)) * transfer)[..., :N, :N]


def plate(phase):
    turned = phase - 2 * torch.pi * torch.floor(phase.detach() / (2 * torch.pi))
    height = problem["baseMm"] + problem["mmPerRad"] * turned
    return torch.polar(torch.exp(-problem["lossPerMm"] * height), problem["phasePerMm"] * height)


def loss_of():
    transfer = transfers()
    field = propagate(objects, transfer[0])
    for layer, phase in enumerate(phases):
        field = propagate(field * plate(phase), transfer[layer + 1])
    energies = (field.real**2 + field.imag**2).reshape(BATCH, -1) @ weights
    total = energies.sum(1)
    logits = problem["logitScale"] * energies / total[:, None]
    dark = -torch.log(total / power / problem["referenceEfficiency"]).mean()
    return torch.nn.functional.cross_entropy(logits, labels) + problem["efficiencyWeight"] * dark


def step():
    optimiser.zero_grad()
    loss = loss_of()
    loss.backward()
    optimiser.step()
    return loss.item()


first = loss_of()
first.backward()
with open(sys.argv[3], "wb") as file:
    for phase in phases:
        array.array("f", phase.grad.flatten().tolist()).tofile(file)
print(json.dumps({"version": f"torch {torch.__version__}", "hasMkl": torch.backends.mkl.is_available(), "loss": first.item()}), flush=True)
for line in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(int(line)):
        step()
    print(json.dumps({"wallS": time.perf_counter() - wall, "cpuS": time.process_time() - cpu}), flush=True)
