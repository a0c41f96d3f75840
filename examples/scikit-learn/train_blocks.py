"""Trains Bonsai, ProtoNN and FastGRNN on scikit-learn's digits, in NumPy alone, and saves their parameters.

    /usr/bin/python3 examples/scikit-learn/train_blocks.py testkit/src/test/resources/blocks

The arrays are called as EdgeML's training scripts call them: see docs/howto/classical-models.md. For each network:
NAME.npz, and digits.csv with the features of test rows, a semicolon, and the class.
"""

import pathlib
import sys

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split

CLASSES = 10


class Adam:
    """Steps along gradients, per parameter."""

    def __init__(self, parameters, rate):
        self.parameters, self.rate, self.count = parameters, rate, 0
        self.first = {k: np.zeros_like(v) for k, v in parameters.items()}
        self.second = {k: np.zeros_like(v) for k, v in parameters.items()}

    def step(self, gradients):
        self.count += 1
        for key, gradient in gradients.items():
            self.first[key] = 0.9 * self.first[key] + 0.1 * gradient
            self.second[key] = 0.999 * self.second[key] + 0.001 * gradient**2
            first = self.first[key] / (1 - 0.9**self.count)
            second = self.second[key] / (1 - 0.999**self.count)
            self.parameters[key] -= self.rate * first / (np.sqrt(second) + 1e-8)


def shares(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# ---- Bonsai ------------------------------------------------------------------------------------------------------------

def bonsai(p, x, sharp):
    """Logits, and what the gradients need. `sharp` makes the way through the tree hard."""
    inner, total = len(p["T"]), 2 * len(p["T"]) + 1
    z = x @ p["Z"].T / len(p["Z"])
    value, gate = z @ p["W"].T, np.tanh(z @ p["V"].T)
    side = np.tanh(sharp * (z @ p["T"].T))
    reach = [np.ones(len(x))]
    for i in range(1, total):
        reach.append(reach[(i + 1) // 2 - 1] * (1 + (-1) ** i * side[:, (i + 1) // 2 - 1]) / 2)
    reach = np.stack(reach, axis=1)
    logits = (reach[:, :, None] * (value * gate).reshape(len(x), total, -1)).sum(axis=1)
    return logits, (z, value, gate, side, reach)


def bonsai_gradients(p, x, sharp, error, kept):
    z, value, gate, side, reach = kept
    total = reach.shape[1]
    spread = (reach[:, :, None] * error[:, None, :]).reshape(len(x), -1)
    d_value, d_gate = spread * gate, spread * value * (1 - gate**2)
    d_reach = ((value * gate).reshape(len(x), total, -1) * error[:, None, :]).sum(axis=2)
    d_side = np.zeros_like(side)
    for i in range(total - 1, 0, -1):
        parent = (i + 1) // 2 - 1
        turn = (1 + (-1) ** i * side[:, parent]) / 2
        d_side[:, parent] += d_reach[:, i] * reach[:, parent] * (-1) ** i / 2
        d_reach[:, parent] += d_reach[:, i] * turn
    d_turn = d_side * (1 - side**2) * sharp
    d_z = d_value @ p["W"] + d_gate @ p["V"] + d_turn @ p["T"]
    return {"W": d_value.T @ z, "V": d_gate.T @ z, "T": d_turn.T @ z, "Z": d_z.T @ x / len(p["Z"])}


# ---- ProtoNN -----------------------------------------------------------------------------------------------------------

def prototypes(p, x):
    near = x @ p["W"]
    offset = near[:, :, None] - p["B"][None]
    similar = np.exp(-p["gamma"][0] ** 2 * (offset**2).sum(axis=1))
    return similar @ p["Z"].T, (offset, similar)


def prototype_gradients(p, x, error, kept):
    offset, similar = kept
    d_similar = (error @ p["Z"]) * similar * -p["gamma"][0] ** 2
    d_offset = 2 * offset * d_similar[:, None, :]
    return {"Z": error.T @ similar, "B": -d_offset.sum(axis=0), "W": x.T @ d_offset.sum(axis=2)}


# ---- FastGRNN ----------------------------------------------------------------------------------------------------------

def recurrent(p, x):
    zeta, nu = sigmoid(p["zeta"][0, 0]), sigmoid(p["nu"][0, 0])
    state, kept = np.zeros((len(x), p["W2"].shape[1])), []
    for t in range(x.shape[1]):
        total = x[:, t] @ p["W1"] @ p["W2"] + state @ p["U1"] @ p["U2"]
        gate, update = sigmoid(total + p["Bg"]), np.tanh(total + p["Bh"])
        kept.append((state, gate, update))
        state = gate * state + (zeta * (1 - gate) + nu) * update
    return state @ p["FC"] + p["FCbias"], (state, kept)


def recurrent_gradients(p, x, error, result):
    state, kept = result
    zeta, nu = sigmoid(p["zeta"][0, 0]), sigmoid(p["nu"][0, 0])
    g = {key: np.zeros_like(value) for key, value in p.items()}
    g["FC"], g["FCbias"] = state.T @ error, error.sum(axis=0)
    d = error @ p["FC"].T
    for t in range(x.shape[1] - 1, -1, -1):
        old, gate, update = kept[t]
        g["zeta"] += (d * (1 - gate) * update).sum() * zeta * (1 - zeta)
        g["nu"] += (d * update).sum() * nu * (1 - nu)
        d_gate = d * (old - zeta * update) * gate * (1 - gate)
        d_update = d * (zeta * (1 - gate) + nu) * (1 - update**2)
        g["Bg"] += d_gate.sum(axis=0, keepdims=True)
        g["Bh"] += d_update.sum(axis=0, keepdims=True)
        d_total = d_gate + d_update
        g["W1"] += x[:, t].T @ d_total @ p["W2"].T
        g["W2"] += (x[:, t] @ p["W1"]).T @ d_total
        g["U1"] += old.T @ d_total @ p["U2"].T
        g["U2"] += (old @ p["U1"]).T @ d_total
        d = d * gate + d_total @ p["U2"].T @ p["U1"].T
    return g


# ---- training ----------------------------------------------------------------------------------------------------------

def train(p, x, y, logits, gradients, epochs, rate):
    random, steps = np.random.RandomState(1), Adam(p, rate)
    for epoch in range(epochs):
        order = random.permutation(len(x))
        for start in range(0, len(x), 64):
            rows = order[start:start + 64]
            scores, kept = logits(p, x[rows], epoch)
            error = (shares(scores) - np.eye(CLASSES)[y[rows]]) / len(rows)
            steps.step(gradients(p, x[rows], error, kept, epoch))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    x, y = datasets.load_digits(return_X_y=True)
    data, test, y, answers = train_test_split(x, y, random_state=1, test_size=0.5)
    mean, deviation = data.mean(axis=0), data.std(axis=0)
    # Pixels that hardly change must not get large weights: integers have one scale for all of them.
    deviation[deviation < 1] = 1
    wide = lambda rows: np.concatenate([(rows - mean) / deviation, np.ones((len(rows), 1))], axis=1)
    random = np.random.RandomState(0)

    def save(name, p, logits):
        right = (logits.argmax(axis=1) == answers).mean()
        print("%s: %.4f of %d test rows" % (name, right, len(test)))
        np.savez_compressed(folder / (name + ".npz"), **{k: np.asarray(v, np.float32) for k, v in p.items()})

    projection, inner = 10, 3
    p = {"Z": random.randn(projection, 65) * 0.5, "W": random.randn(CLASSES * 7, projection) * 0.5,
         "V": random.randn(CLASSES * 7, projection) * 0.5, "T": random.randn(inner, projection) * 0.5}
    sharp = lambda epoch: min(1000.0, 1.1**epoch)
    train(p, wide(data), y, lambda p, x, e: bonsai(p, x, sharp(e)),
          lambda p, x, error, kept, e: bonsai_gradients(p, x, sharp(e), error, kept), 60, 0.02)
    save("bonsai", {**p, "sigma": 1.0, "mean": mean, "std": deviation}, bonsai(p, wide(test), 1e9)[0])

    p = {"W": random.randn(64, 8) * 0.1, "B": random.randn(8, 30) * 0.5, "Z": random.randn(CLASSES, 30) * 0.1,
         "gamma": np.array([0.6])}
    narrow = lambda rows: wide(rows)[:, :64]
    train(p, narrow(data), y, lambda p, x, e: prototypes(p, x),
          lambda p, x, error, kept, e: prototype_gradients(p, x, error, kept), 80, 0.02)
    save("protonn", {**p, "mean": mean, "std": deviation}, prototypes(p, narrow(test))[0])

    scaled = lambda rows: rows.reshape(len(rows), 8, 8) / 16
    p = {"W1": random.randn(8, 6) * 0.5, "W2": random.randn(6, 24) * 0.3, "U1": random.randn(24, 8) * 0.2,
         "U2": random.randn(8, 24) * 0.2, "Bg": np.ones((1, 24)), "Bh": np.ones((1, 24)), "zeta": np.array([[1.0]]),
         "nu": np.array([[-4.0]]), "FC": random.randn(24, CLASSES) * 0.3, "FCbias": np.zeros(CLASSES)}
    train(p, scaled(data), y, lambda p, x, e: recurrent(p, x),
          lambda p, x, error, kept, e: recurrent_gradients(p, x, error, kept), 60, 0.01)
    save("fastgrnn", p, recurrent(p, scaled(test))[0])

    with open(folder / "digits.csv", "w", encoding="utf-8") as file:
        for row, answer in zip(test[:400], answers):
            file.write(",".join("%g" % v for v in row) + ";%d\n" % answer)


if __name__ == "__main__":
    main()
