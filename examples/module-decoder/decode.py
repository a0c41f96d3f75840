#!/usr/bin/env python3
"""Reads and verifies an inference module: written from docs/spec/inference-module.md alone.

    decode.py MODULE --key vendor.pub.pem [--base OLD_MODULE] [--unpack DIR]

Python's standard library has no AES and no ML-DSA: encrypted payloads are listed and not opened, signatures by ML-DSA-65
are listed and not checked. ECDSA is checked by the program `openssl`.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

from cbor import Refused, Tag, encode, parse, sha256
from manifest import is_integer, read_manifest, read_transports


# Section 3: signatures. Ed25519 as in RFC 8032, section 5.1.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def decompress(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = decompress(BASE_Y.to_bytes(32, "little"))


def ed25519(public, message, signature):
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(r, multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def ecdsa(pem, message, signature):
    def integer(part):
        value = part.lstrip(b"\0") or b"\0"
        value = (b"\0" if value[0] & 0x80 else b"") + value
        return bytes([2, len(value)]) + value

    body = integer(signature[:32]) + integer(signature[32:])
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key.pem", "signature", "message")]
        contents = pem.encode(), bytes([0x30, len(body)]) + body, message
        for name, content in zip(names, contents):
            with open(name, "wb") as file:
                file.write(content)
        command = ["openssl", "dgst", "-sha256", "-verify", names[0], "-signature", names[1], names[2]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def public_key(path):
    with open(path, encoding="ascii") as file:
        found = re.search(r"-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----", file.read())
    if not found:
        raise Refused(6030, f"{path} holds no public key")
    return found.group(0), base64.b64decode(found.group(1))


ALGORITHMS = {-8: "ED25519", -7: "ES256", -49: "ML_DSA_65"}


def read_signature(block):
    sign1 = parse(block)
    if not isinstance(sign1, Tag) or sign1.number != 18 or not isinstance(sign1.item, list) or len(sign1.item) != 4:
        raise Refused(6005, "a signature is no COSE_Sign1")
    protected, unprotected, payload, signature = sign1.item
    if unprotected != {} or payload is not None or not all(isinstance(each, bytes) for each in (protected, signature)):
        raise Refused(6005, "a signature is no detached COSE_Sign1")
    try:
        headers = parse(protected)
    except Refused:
        raise Refused(6005, "the headers of a signature are no CBOR") from None
    right = isinstance(headers, dict) and list(headers) == [1, 4] and is_integer(headers[1])
    if not right or not isinstance(headers[4], bytes) or not 1 <= len(headers[4]) <= 32 or len(signature) > 4096:
        raise Refused(6005, "the headers of a signature are not algorithm and key")
    return protected, headers[1], headers[4], signature


def verify(authentication, digest, keys):
    """Section 6, steps 2 and 3; returns what is known of each signature."""
    blocks = parse(authentication)
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= 5 or not all(isinstance(each, bytes) for each in blocks):
        raise Refused(6005, "authentication is not a digest and at most 4 signatures")
    stated = blocks[0][-32:]
    if blocks[0] != encode([-16, stated]) or len(stated) != 32:
        raise Refused(6005, "the digest is none of SHA-256")
    signatures = [read_signature(block) for block in blocks[1:]]
    if stated != digest:
        raise Refused(6009, "the manifest is not the one of the digest")
    results, trusted = [], {sha256(der)[:8]: (pem, der) for pem, der in keys}
    for protected, algorithm, key, signature in signatures:
        checked = False
        if key in trusted and algorithm != -49:
            pem, der = trusted[key]
            message = encode(["Signature1", protected, b"", blocks[0]])
            if len(signature) == 64 and algorithm == (-8 if len(der) == 44 else -7):
                checked = ed25519(der[-32:], message, signature) if algorithm == -8 else ecdsa(pem, message, signature)
            if not checked:
                raise Refused(6011, "a signature does not hold")
        results.append({"key": key.hex(), "algorithm": ALGORITHMS.get(algorithm, str(algorithm)), "checked": checked})
    if not any(result["checked"] for result in results):
        raise Refused(6010, "nobody trusted signed it")
    return results


# Section 5: deltas.


class Delta:
    def __init__(self, base, data):
        self.base, self.data, self.at, self.bits, self.left = base, data, 0, 0, 0

    def byte(self):
        if self.at >= len(self.data):
            raise Refused(6025, "a delta is cut off")
        self.at += 1
        return self.data[self.at - 1]

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def bit(self):
        if self.left == 0:
            self.bits, self.left = self.byte(), 8
        self.left -= 1
        return self.bits >> self.left & 1

    def difference(self, rice):
        quotient = 0
        while quotient < 12 and self.bit():
            quotient += 1
        folded = 0 if quotient == 12 else quotient
        for _ in range(8 if quotient == 12 else rice):
            folded = folded << 1 | self.bit()
        return folded >> 1 ^ -(folded & 1)

    def apply(self, size, block):
        out = bytearray()
        while len(out) < size:
            length = self.number()
            end_of_segment, cursor, end = self.at + length, len(out), min(size, len(out) + block)
            while len(out) < end:
                cursor = self.operation(out, cursor, end)
            if self.at != end_of_segment:
                raise Refused(6025, "a segment does not fit its block")
        if self.at != len(self.data):
            raise Refused(6025, "something follows a delta")
        return bytes(out)

    def operation(self, out, cursor, end):
        first = self.byte()
        operation, rice = first & 7, first >> 3
        if operation in (1, 3, 4):
            moved = self.number()
            cursor += moved >> 1 ^ -(moved & 1)
        distance = self.number() if operation == 5 else 0
        length = self.number()
        if not 1 <= length <= end - len(out) or operation not in (1, 2, 3, 4, 5):
            raise Refused(6025, "an operation is odd")
        if operation in (1, 3, 4) and not 0 <= cursor <= cursor + length <= len(self.base):
            raise Refused(6025, "a delta reads outside its base")
        piece = bytearray(self.base[cursor : cursor + length])
        if operation == 2:
            piece = bytearray(self.byte() for _ in range(length))
        elif operation == 3:
            self.left = 0
            for i in range(length):
                piece[i] = piece[i] + self.difference(rice) & 0xFF
        elif operation == 4:
            at = 0
            while at < length:
                at += self.number()
                if at < length:
                    piece[at] = piece[at] + self.byte() & 0xFF
                    at += 1
        elif operation == 5:
            if not 1 <= distance <= len(out):
                raise Refused(6025, "a delta repeats what is not there")
            for _ in range(length):
                out.append(out[-distance])
            return cursor
        out += piece
        return cursor + length if operation != 2 else cursor


# Section 6: the whole.

KINDS = {1: "native", 2: "c-sources", 3: "tflite", 4: "webassembly", 5: "shared-library"}
ELEMENTS = {1: "int8", 2: "uint8", 3: "int16", 4: "int32", 5: "int64", 6: "float32", 7: "bool"}


class Envelope:
    """The file, from front to back."""

    def __init__(self, data):
        self.data, self.at = data, 0
        for byte in 0xD8, 0x6B:
            if self.byte() != byte:
                raise Refused(6001, "it is no module")
        entries = self.byte()
        if not 0xA2 <= entries <= 0xAB:
            raise Refused(6005, "the envelope is not a map of 2 to 11 entries")
        self.expect(2)
        self.authentication = self.string(1 << 14)
        self.expect(3)
        self.manifest = self.string(1 << 15)
        self.transports, self.left = None, entries - 0xA2
        if self.left and data[self.at : self.at + 1] == b"\x38":
            self.at += 1
            self.expect(0xFF)
            self.transports = self.string(1 << 16)
            self.left -= 1
        if self.left:
            start = self.at
            self.expect(0x62)
            self.expect(ord("#"))
            self.byte()
            self.at = start

    def byte(self):
        if self.at >= len(self.data):
            raise Refused(6002, "it is cut off")
        self.at += 1
        return self.data[self.at - 1]

    def expect(self, byte):
        if self.byte() != byte:
            raise Refused(6006, "a key is not known, or stands in the wrong place")

    def string(self, most):
        first = self.byte()
        if first >> 5 != 2 or first & 31 > 26:
            raise Refused(6005, "it is no byte string")
        low = first & 31
        size = 0 if low < 24 else 1 << (low - 24)
        value = low if size == 0 else int.from_bytes([self.byte() for _ in range(size)], "big")
        if size and (value < 24 or size > 1 and value >> (4 * size) == 0):
            raise Refused(6003, "a length is not in its shortest form")
        if value > most:
            raise Refused(6004, "a length is beyond its limit")
        if value > len(self.data) - self.at:
            raise Refused(6002, "it is cut off")
        self.at += value
        return self.data[self.at - value : self.at]

    def payloads(self, count):
        result, before = {}, -1
        for _ in range(self.left):
            self.expect(0x62)
            self.expect(ord("#"))
            index = self.byte() - ord("0")
            if not before < index < count:
                raise Refused(6006, "a payload is not known, or out of order")
            before = index
            result[index] = self.string(1 << 27)
        if self.at != len(self.data):
            raise Refused(6002, "something follows its end")
        return result


def decode(path, keys, base_path=None):
    with open(path, "rb") as file:
        data = file.read()
    envelope = Envelope(data)
    digest = sha256(encode(envelope.manifest))
    signatures = verify(envelope.authentication, digest, keys)
    sequence, images, description = read_manifest(envelope.manifest)
    transports = read_transports(envelope.transports) if envelope.transports is not None else {}
    carried = envelope.payloads(len(images))
    bases = []
    if base_path:
        with open(base_path, "rb") as file:
            bases = list(Envelope(file.read()).payloads(8).values())
    contents, payloads = {}, []
    for i, (payload, (payload_digest, size)) in enumerate(zip(description[4], images)):
        transport = transports.get(i, {})
        state = "not carried"
        if i in carried and 3 in transport:
            state = "encrypted"
        elif i in carried:
            plain = carried[i]
            if 2 in transport:
                base = next((b for b in bases if sha256(b) == transport[2]), None)
                if base is None:
                    raise Refused(6024, "the base of a delta is not at hand")
                plain = Delta(base, plain).apply(size, payload[3])
            check_payload(payload, payload_digest, size, plain)
            contents[i], state = plain, "verified"
        payloads.append(
            {
                "kind": KINDS[payload[1]],
                "bytes": size,
                "sha256": payload_digest.hex(),
                "architecture": payload[2][1],
                "features": payload[2].get(2, []),
                "ramBytes": payload[2][4],
                "flashBytes": payload[2][5],
                "files": [name for name, _ in payload.get(5, [])],
                "state": state,
            }
        )
    identity = description[2]
    return contents, description, {
        "name": identity[3],
        "version": identity[4],
        "sequence": sequence,
        "manifestDigest": digest.hex(),
        "payloads": payloads,
        "inputs": [signal(each) for each in description[5]],
        "outputs": [signal(each) for each in description[6]],
        "goldenVectors": len(description[9]),
        "signatures": signatures,
    }


def check_payload(payload, digest, size, plain):
    if len(plain) != size:
        raise Refused(6020, "a payload has another size")
    blocks = [sha256(plain[at : at + payload[3]]) for at in range(0, size, payload[3])]
    stated = payload.get(4, b"")
    if (stated or len(blocks) > 1) and b"".join(blocks) != stated or sha256(plain) != digest:
        raise Refused(6021, "a payload or a block has another digest")


def signal(item):
    result = {"name": item[1], "type": ELEMENTS[item[3]], "shape": item[2]}
    for key, name in (4, "scale"), (5, "zeroPoint"), (6, "meaning"), (7, "labels"):
        if key in item:
            result[name] = item[key]
    return result


def unpack(contents, description, folder):
    os.makedirs(folder, exist_ok=True)
    for i, data in contents.items():
        files = description[4][i].get(5) or [[f"payload-{i}", len(data)]]
        at = 0
        for name, size in files:
            with open(os.path.join(folder, os.path.basename(name)), "wb") as file:
                file.write(data[at : at + size])
            at += size


def main():
    parser = argparse.ArgumentParser(description="Reads and verifies an inference module.")
    parser.add_argument("module")
    parser.add_argument("--key", action="append", required=True, help="public key that is trusted")
    parser.add_argument("--base", help="the module that deltas were made from")
    parser.add_argument("--unpack", metavar="DIR", help="folder for the payloads")
    options = parser.parse_args()
    try:
        keys = [public_key(path) for path in options.key]
        contents, description, summary = decode(options.module, keys, options.base)
    except Refused as problem:
        print(problem, file=sys.stderr)
        return 1
    if options.unpack:
        unpack(contents, description, options.unpack)
    print(json.dumps(summary, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
