"""Forward pass of the same network by scipy.fft on one worker: complex64, 200x200 padded to 400x400, five plates."""
import json
import time

import numpy as np
import scipy
import scipy.fft

N, M, REPEATS = 200, 400, 15
rng = np.random.default_rng(1)
transfer = np.exp(2j * np.pi * rng.random((M, M))).astype(np.complex64)
plates = [np.exp(2j * np.pi * rng.random((N, N))).astype(np.complex64) for _ in range(5)]
start = (rng.random((N, N)) > 0.8).astype(np.complex64)
padded = np.zeros((M, M), np.complex64)


def propagate(field):
    padded[:] = 0
    padded[:N, :N] = field
    spectrum = scipy.fft.fft2(padded, workers=1)
    spectrum *= transfer
    return scipy.fft.ifft2(spectrum, workers=1, overwrite_x=True)[:N, :N]


def forward():
    field = propagate(start)
    for plate in plates:
        field = propagate(field * plate)
    return np.abs(field) ** 2


forward()
times = []
for _ in range(REPEATS):
    begin = time.perf_counter()
    forward()
    times.append(time.perf_counter() - begin)
times.sort()
print(json.dumps({"version": f"scipy {scipy.__version__}", "forwardMs": times[len(times) // 2] * 1000}))
