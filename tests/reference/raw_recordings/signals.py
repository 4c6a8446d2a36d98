"""The inputs of this reference, from seeds: angles of nights, and accelerations at the rates of ActiGraph devices."""

import numpy as np

EPOCHS = 17280  # of 5 s in 24 hours
RATES = (30, 40, 50, 60, 80, 90, 100)


def night(seed):
    """Angles of one window from noon to noon: by day the arm turns often, at night seldom; some have a nap."""
    rng = np.random.default_rng([20261123, seed])
    turning = np.full(EPOCHS, 0.5)
    begin, end = rng.integers(6000, 8500), rng.integers(12000, 14500)
    turning[begin:end] = rng.choice([0.002, 0.01, 0.03])
    for wake in rng.integers(begin, end, rng.integers(0, 5)):
        turning[wake : wake + rng.integers(20, 1000)] = 0.4
    if seed % 3 == 0:
        nap = rng.integers(500, 4000)
        turning[nap : nap + rng.integers(300, 900)] = 0.003
    turned = rng.random(EPOCHS) < turning
    angle = np.cumsum(np.where(turned, rng.normal(0, 25, EPOCHS), 0)) + rng.normal(0, rng.choice([0.01, 0.05]), EPOCHS)
    return np.round(np.degrees(np.arcsin(np.sin(np.radians(angle)))), 4)


def movement(rate):
    """Two minutes of acceleration in g, in steps of 1/256: still, then movement of three kinds."""
    rng = np.random.default_rng([20261123, rate])
    t = np.arange(rate * 120) / rate
    x = 0.4 * np.sin(2 * np.pi * 0.9 * t) * (t > 20) + 0.02 * rng.standard_normal(len(t))
    y = 0.3 * np.sin(2 * np.pi * 2.2 * t) + 0.1
    z = 1 + 0.8 * np.sin(2 * np.pi * 0.5 * t) * rng.random(len(t))
    return np.round(np.stack([x, y, z], axis=1) * 256) / 256
