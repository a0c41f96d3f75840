#!/usr/bin/env python3
"""A compiler plugin for Mote: int8 networks of fully connected layers to plain C99.

It speaks the protocol of docs/spec/compiler-plugin.md over standard input and output, and needs nothing but Python 3.
"""

import hashlib
import json
import math
import os
import queue
import struct
import sys
import threading

VERSION = "1.0"
ALIGNMENT = 4
CODE_BYTES = 700  # of the two functions, by arm-none-eabi-gcc -Os for Cortex-M4, rounded up
CYCLES_PER_PRODUCT = 6
CYCLES_PER_OUTPUT = 45

BOUNDS = {
    "NONE": (-math.inf, math.inf),
    "RELU": (0.0, math.inf),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
}

DESCRIPTION = {
    "name": "dense-c",
    "version": VERSION,
    "vendor": "examples.mote.dev",
    "licence": "Apache-2.0",
    "summary": "Plain C99 for int8 networks of fully connected layers; an example of a plugin.",
    "formats": ["graph"],
    "builds": ["c-sources"],
    "facts": [
        {"name": "ram-bytes", "required": False, "purpose": "refuses an arena that does not fit"},
    ],
    "parameters": {
        "type": "object",
        "properties": {
            "unroll": {
                "type": "integer",
                "enum": [1, 2, 4],
                "default": 1,
                "description": "Products in one turn of the inner loop, where the depth is a multiple of it.",
            }
        },
        "additionalProperties": False,
    },
}


class Refused(Exception):
    """Why a model cannot be compiled: a list of (what, fix)."""

    def __init__(self, reasons):
        super().__init__(str(reasons))
        self.reasons = reasons


class Cancelled(Exception):
    pass


# ---- arithmetic: TensorFlow Lite Micro's ------------------------------------------------------------------------------


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def multiplier_and_shift(factor):
    """A factor as multiplier / 2^31 * 2^shift."""
    if factor == 0:
        return 0, 0
    mantissa, shift = math.frexp(factor)
    fixed = math.floor(mantissa * (1 << 31) + 0.5)
    if fixed == 1 << 31:
        fixed, shift = fixed >> 1, shift + 1
    if shift < -31:
        return 0, 0
    return (0x7FFFFFFF, 30) if shift > 30 else (fixed, shift)


def clamp(activation, tensor):
    """The range that an activation leaves to an int8 tensor."""
    scale, zero = tensor["quantization"]["scale"], tensor["quantization"]["zeroPoint"]

    def quantized(bound):
        scaled = float32(bound / scale)
        return zero + int(math.copysign(math.floor(abs(scaled) + 0.5), scaled))

    low, high = BOUNDS[activation]
    return (
        -128 if math.isinf(low) else max(-128, quantized(low)),
        127 if math.isinf(high) else min(127, quantized(high)),
    )


# ---- the compiler -----------------------------------------------------------------------------------------------------


class Model:
    def __init__(self, paths):
        with open(paths["graph"], encoding="utf-8") as file:
            self.graph = json.load(file)
        with open(paths["data"], "rb") as file:
            self.data = file.read()
        self.tensors = {tensor["name"]: tensor for tensor in self.graph["tensors"]}

    def count(self, name):
        return math.prod(self.tensors[name]["shape"])

    def constant(self, name, letter, size):
        place = self.tensors[name]["data"]
        raw = self.data[place["offset"] : place["offset"] + place["bytes"]]
        return struct.unpack("<%d%s" % (len(raw) // size, letter), raw)

    def reasons(self):
        """Everything that keeps this model from being compiled."""
        reasons = []
        fix = "use the compiler mote-c, which has all operators."
        if self.graph["variables"] or not self.graph["nodes"]:
            reasons.append(("it has state, or computes nothing", fix))
        for name in self.graph["inputs"] + self.graph["outputs"]:
            if self.tensors[name]["element"] != "int8" or "data" in self.tensors[name]:
                reasons.append(("'%s' at its border is not int8" % name, "quantize it, or use --io int8."))
        for node in self.graph["nodes"]:
            problem = self.problem(node)
            if problem:
                reasons.append(("%s '%s' %s" % (node["op"], node["name"], problem), fix))
        return reasons

    def problem(self, node):
        if node["op"] == "Reshape":
            return None if self.tensors[node["outputs"][0]]["element"] == "int8" else "is not of int8"
        if node["op"] != "FullyConnected":
            return "is none of FullyConnected, Reshape"
        if node["attributes"]["activation"] not in BOUNDS:
            return "has the activation " + node["attributes"]["activation"]
        x, weights, output = (self.tensors[n] for n in node["inputs"][:2] + node["outputs"])
        if [t["element"] for t in (x, weights, output)] != ["int8"] * 3:
            return "is not of int8"
        if "data" not in weights or "data" in x:
            return "has weights that are computed, or computes a constant"
        if weights["quantization"].get("zeroPoint", 0) != 0 or weights["quantization"].get("axis", 0) != 0:
            return "has weights that are not symmetric"
        if self.bias(node) and "data" not in self.tensors[self.bias(node)]:
            return "has a bias that is computed"
        return None

    @staticmethod
    def bias(node):
        return node["inputs"][2] if len(node["inputs"]) > 2 and node["inputs"][2] else None


def plan(model):
    """Offset of every activation: first fit among those that live at the same time; a reshape shares its input's place."""
    place, first, last = {}, {}, {}
    for name in model.graph["inputs"]:
        place[name], first[name], last[name] = name, -1, 0
    for step, node in enumerate(model.graph["nodes"]):
        last[place[node["inputs"][0]]] = step
        name = node["outputs"][0]
        if node["op"] == "Reshape":
            place[name] = place[node["inputs"][0]]
        else:
            place[name], first[name], last[name] = name, step, step
    for name in model.graph["outputs"]:
        last[place[name]] = len(model.graph["nodes"])
    offsets, arena = {}, 0
    for name in sorted(first, key=lambda n: (-model.count(n), n)):
        size, at = model.count(name), 0
        busy = sorted(
            (offsets[other], model.count(other))
            for other in offsets
            if first[other] <= last[name] and first[name] <= last[other]
        )
        for start, length in busy:
            if start - at >= size:
                break
            at = max(at, -(-(start + length) // ALIGNMENT) * ALIGNMENT)
        offsets[name] = at
        arena = max(arena, at + size)
    return {name: offsets[place[name]] for name in place}, -(-arena // ALIGNMENT) * ALIGNMENT


HEADER = """\
/* Generated by dense-c {version}. Do not edit. */
#ifndef {SYMBOL}_H
#define {SYMBOL}_H

#include <stddef.h>

#define {SYMBOL}_ARENA_BYTES ({arena}u)
#define {SYMBOL}_ARENA_ALIGN ({alignment}u)

/* 0, or 1 when the arena is a null pointer or too small. */
int {symbol}_init(void *arena, size_t arena_bytes);
int {symbol}_invoke(void *arena);

#endif
"""

SOURCE = """\
/* Generated by dense-c {version}. Do not edit. */
#include "{symbol}.h"

#include <stdint.h>

typedef struct {{
  const int8_t *weights;
  const int32_t *bias;
  const int32_t *multiplier;
  const int8_t *shift;
  int32_t rows, depth, channels, x_zero, zero, low, high;
}} layer_t;

static int32_t rescaled(int32_t value, int32_t multiplier, int32_t shift) {{
  const int32_t left = (int32_t)((uint32_t)value << (shift > 0 ? shift : 0));
  const int64_t product = (int64_t)left * multiplier;
  const int32_t high = (int32_t)((product + (product >= 0 ? (1 << 30) : 1 - (1 << 30))) / (INT64_C(1) << 31));
  const int64_t divisor = INT64_C(1) << (shift < 0 ? -shift : 0);
  return (int32_t)((high >= 0 ? high + divisor / 2 : high - divisor / 2) / divisor);
}}

static void dense(const layer_t *l, const int8_t *x, int8_t *y) {{
  for (int32_t row = 0; row < l->rows; row++) {{
    for (int32_t channel = 0; channel < l->channels; channel++) {{
      const int8_t *const a = x + row * l->depth;
      const int8_t *const w = l->weights + channel * l->depth;
      uint32_t sum = (uint32_t)l->bias[channel];
      for (int32_t i = 0; i < l->depth; i += {unroll}) {{
{products}      }}
      const int32_t scaled = rescaled((int32_t)sum, l->multiplier[channel], l->shift[channel]);
      const int32_t value = (int32_t)((uint32_t)scaled + (uint32_t)l->zero);
      y[row * l->channels + channel] = (int8_t)(value < l->low ? l->low : value > l->high ? l->high : value);
    }}
  }}
}}

{tables}
int {symbol}_init(void *arena, size_t arena_bytes) {{
  return arena == 0 || arena_bytes < {SYMBOL}_ARENA_BYTES ? 1 : 0;
}}

int {symbol}_invoke(void *arena) {{
  if (arena == 0) {{
    return 1;
  }}
  int8_t *const at = (int8_t *)arena;
{calls}  return 0;
}}
"""


def table(kind, name, values):
    rows = [", ".join(map(str, values[i : i + 16])) for i in range(0, len(values), 16)]
    return "static const %s %s[%d] = {\n  %s};\n" % (kind, name, len(values), ",\n  ".join(rows))


def factors(x, weights, output):
    """The factor of each output channel; one scale for all is multiplied in float, as TensorFlow Lite does it."""
    q = weights["quantization"]
    x_scale, scales = x["quantization"]["scale"], q["scales"] if "scales" in q else [q["scale"]]
    products = [float32(x_scale * scales[0])] if len(scales) == 1 else [x_scale * scale for scale in scales]
    return [multiplier_and_shift(product / output["quantization"]["scale"]) for product in products]


def emit(model, symbol, unroll, offsets, arena, check):
    tables, calls, layer = [], [], 0
    dense = [node for node in model.graph["nodes"] if node["op"] == "FullyConnected"]
    if any(model.tensors[node["inputs"][1]]["shape"][-1] % unroll for node in dense):
        unroll = 1
    for node in dense:
        check(layer / len(dense))
        x, weights, output = (model.tensors[n] for n in node["inputs"][:2] + node["outputs"])
        channels, depth = weights["shape"][-2:]
        scale = factors(x, weights, output)
        scale = scale * channels if len(scale) == 1 else scale
        bias = model.bias(node)
        low, high = clamp(node["attributes"]["activation"], output)
        tables += [
            table("int8_t", "w%d" % layer, model.constant(node["inputs"][1], "b", 1)),
            table("int32_t", "b%d" % layer, model.constant(bias, "i", 4) if bias else [0] * channels),
            table("int32_t", "m%d" % layer, [multiplier for multiplier, _ in scale]),
            table("int8_t", "s%d" % layer, [shift for _, shift in scale]),
            "static const layer_t layer%d = {w%d, b%d, m%d, s%d, %d, %d, %d, %d, %d, %d, %d};\n"
            % (
                (layer,) * 5
                + (model.count(node["outputs"][0]) // channels, depth, channels)
                + (x["quantization"]["zeroPoint"], output["quantization"]["zeroPoint"], low, high)
            ),
        ]
        calls.append(
            "  dense(&layer%d, at + %d, at + %d);\n" % (layer, offsets[node["inputs"][0]], offsets[node["outputs"][0]])
        )
        layer += 1
    products = "".join(
        "        sum += (uint32_t)((a[i + %d] - l->x_zero) * w[i + %d]);\n" % (i, i) for i in range(unroll)
    )
    names = {"symbol": symbol, "SYMBOL": symbol.upper(), "version": VERSION, "arena": arena, "alignment": ALIGNMENT}
    source = SOURCE.format(
        tables="\n".join(tables), calls="".join(calls), products=products, unroll=unroll, **names
    )
    return {symbol + ".h": HEADER.format(**names), symbol + ".c": source}


def cost(model, arena):
    products = outputs = tables = 0
    for node in model.graph["nodes"]:
        if node["op"] == "FullyConnected":
            channels, depth = model.tensors[node["inputs"][1]]["shape"][-2:]
            rows = model.count(node["outputs"][0]) // channels
            products += rows * channels * depth
            outputs += rows * channels
            tables += channels * depth + 9 * channels + 48
    return {
        "cycles": {"amount": CYCLES_PER_PRODUCT * products + CYCLES_PER_OUTPUT * outputs, "certainty": "estimated"},
        "ramBytes": {"amount": arena, "certainty": "measured"},
        "flashBytes": {"amount": tables + CODE_BYTES, "certainty": "estimated"},
    }


def prepared(params):
    model = Model(params["model"])
    reasons = model.reasons()
    if reasons:
        raise Refused(reasons)
    offsets, arena = plan(model)
    limits = [params["device"].get("ram-bytes"), params["constraints"].get("ramBytes")]
    limit = min((int(bytes_) for bytes_ in limits if bytes_ is not None), default=arena)
    if arena > limit:
        raise Refused([("the arena needs %d bytes, and there are %d" % (arena, limit), "use a larger device.")])
    return model, offsets, arena


def estimate(params, check):
    model, _, arena = prepared(params)
    return {"serves": True, "cost": cost(model, arena), "notes": ["no kernels for special instructions"]}


def compile_model(params, check):
    model, offsets, arena = prepared(params)
    symbol = params["symbol"]
    texts = emit(model, symbol, params["parameters"].get("unroll", 1), offsets, arena, check)
    files = []
    for name, text in texts.items():
        raw = text.encode()
        with open(os.path.join("out", name), "wb") as file:
            file.write(raw)
        files.append({"name": name, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()})
    figures = cost(model, arena)
    return {
        "payload": {
            "kind": "c-sources",
            "files": files,
            "entry": symbol,
            "memory": {
                "arenaBytes": arena,
                "alignment": ALIGNMENT,
                "inputOffsets": [offsets[name] for name in model.graph["inputs"]],
                "outputOffsets": [offsets[name] for name in model.graph["outputs"]],
            },
            "requires": {
                "architecture": "any",
                "ramBytes": arena,
                "flashBytes": figures["flashBytes"]["amount"],
            },
        },
        "report": {"cost": figures, "details": {"layers": str(len(model.graph["nodes"]))}},
    }


# ---- the protocol -----------------------------------------------------------------------------------------------------

METHODS = {
    "hello": lambda params, check: {"protocol": 1},
    "describe": lambda params, check: DESCRIPTION,
    "estimate": estimate,
    "compile": compile_model,
}


def send(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def answer(request, cancelled):
    def check(done):
        if request["id"] in cancelled:
            raise Cancelled()
        send({"method": "progress", "params": {"id": request["id"], "done": done, "what": "emitting"}})

    method = METHODS.get(request["method"])
    if method is None:
        return {"error": {"code": -32601, "message": "there is no method '%s'" % request["method"]}}
    try:
        return {"result": method(request["params"], check)}
    except Refused as refusal:
        return {"result": {"serves": False, "reasons": [{"what": w, "fix": f} for w, f in refusal.reasons]}}
    except Cancelled:
        return {"error": {"code": -32800, "message": "cancelled"}}
    except Exception as problem:
        return {"error": {"code": -32603, "message": "%s: %s" % (type(problem).__name__, problem)}}


def main():
    requests, cancelled = queue.Queue(), set()

    def read():
        for line in sys.stdin:
            try:
                message = json.loads(line)
                if message["method"] == "cancel":
                    cancelled.add(message["params"]["id"])
                elif "id" in message:
                    requests.put(message)
            except (ValueError, KeyError, TypeError):
                send({"id": None, "error": {"code": -32700, "message": "this is no request"}})
        requests.put(None)

    threading.Thread(target=read, daemon=True).start()
    for request in iter(requests.get, None):
        send({"id": request["id"], **answer(request, cancelled)})


if __name__ == "__main__":
    main()
