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
import struct
import subprocess
import sys
import tempfile


class Refused(Exception):
    """A module that must not be used, with the code of section 8."""

    def __init__(self, code, what):
        super().__init__(f"MOTE-{code} {what}")


# Section 1: deterministic CBOR.


class Tag:
    def __init__(self, number, item):
        self.number, self.item = number, item


class Reader:
    def __init__(self, data):
        self.data, self.at, self.items = data, 0, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Refused(6002, "it is cut off")
        self.at += count
        return self.data[self.at - count : self.at]

    def item(self, depth=0):
        self.items += 1
        if depth > 12 or self.items > 20_000:
            raise Refused(6004, "it nests too deep or has too many items")
        start = self.at
        head = self.take(1)[0]
        major, low = head >> 5, head & 31
        if major == 7:
            return self.simple(low, start)
        value = self.argument(low)
        if major == 0:
            return value
        if major == 1:
            return -1 - value
        if major == 2:
            return self.take(value)
        if major == 3:
            try:
                return self.take(value).decode("utf-8")
            except UnicodeDecodeError:
                raise Refused(6002, "a text is not UTF-8") from None
        if major == 4:
            return [self.item(depth + 1) for _ in range(self.count(value))]
        if major == 5:
            return self.mapping(value, depth)
        return Tag(value, self.item(depth + 1))

    def count(self, value):
        if value > len(self.data) - self.at:
            raise Refused(6002, "it is cut off")
        return value

    def mapping(self, length, depth):
        result, before = {}, b""
        for _ in range(self.count(length)):
            start = self.at
            key = self.item(depth + 1)
            encoded = self.data[start : self.at]
            if not isinstance(key, (int, str)) or isinstance(key, bool):
                raise Refused(6003, "a key is neither an integer nor a text")
            if encoded <= before:
                raise Refused(6003, "keys are out of order, or one stands twice")
            before = encoded
            result[key] = self.item(depth + 1)
        return result

    def argument(self, low):
        if low < 24:
            return low
        if low > 27:
            raise Refused(6003 if low == 31 else 6002, "a length is indefinite or reserved")
        size = 1 << (low - 24)
        value = int.from_bytes(self.take(size), "big")
        if value >> 63:
            raise Refused(6004, "an integer has more than 64 bits with its sign")
        if value < 24 or (size > 1 and value >> (4 * size) == 0):
            raise Refused(6003, "an integer is not in its shortest form")
        return value

    def simple(self, low, start):
        if low in (20, 21, 22):
            return {20: False, 21: True, 22: None}[low]
        if low not in (25, 26, 27):
            raise Refused(6003, "a simple value is not used in modules")
        form = {25: ">e", 26: ">f", 27: ">d"}[low]
        value = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        if value != value or value in (float("inf"), float("-inf")):
            raise Refused(6003, "a number is not finite")
        for shorter in ">e", ">f":
            if struct.calcsize(shorter) < struct.calcsize(form):
                try:
                    if struct.unpack(shorter, struct.pack(shorter, value))[0] == value:
                        raise Refused(6003, "a number is not in its shortest form")
                except OverflowError:
                    pass
        return value


def parse(data):
    reader = Reader(data)
    item = reader.item()
    if reader.at != len(data):
        raise Refused(6002, "something follows its end")
    return item


def encode(item):
    """Encodes what a decoder must write itself: integers, byte strings, texts, arrays, maps."""

    def head(major, value):
        for low, size in (24, 1), (25, 2), (26, 4), (27, 8):
            if value < 24:
                return bytes([major << 5 | value])
            if value < 1 << (8 * size):
                return bytes([major << 5 | low]) + value.to_bytes(size, "big")
        raise ValueError(value)

    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(encode, item))
    entries = sorted((encode(key), encode(value)) for key, value in item.items())
    return head(5, len(entries)) + b"".join(key + value for key, value in entries)


def sha256(data):
    return hashlib.sha256(data).digest()


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


def verify(authentication, digest, keys):
    """Section 6, steps 2 and 3; returns what is known of each signature."""
    stated = parse(authentication[0])
    if stated != [-16, digest]:
        raise Refused(6009, "the manifest is not the one of the digest")
    results, trusted = [], {sha256(der)[:8]: (pem, der) for pem, der in keys}
    for block in authentication[1:]:
        sign1 = parse(block)
        if not isinstance(sign1, Tag) or sign1.number != 18 or sign1.item[1:3] != [{}, None]:
            raise Refused(6005, "a signature is no detached COSE_Sign1")
        protected, signature = sign1.item[0], sign1.item[3]
        headers = parse(protected)
        if sorted(headers) != [1, 4]:
            raise Refused(6005, "the headers of a signature are not algorithm and key")
        name = ALGORITHMS.get(headers[1], str(headers[1]))
        checked = False
        if headers[4] in trusted and headers[1] in (-8, -7):
            pem, der = trusted[headers[4]]
            message = encode(["Signature1", protected, b"", authentication[0]])
            checked = (
                ed25519(der[-32:], message, signature)
                if headers[1] == -8
                else ecdsa(pem, message, signature)
            )
            if not checked:
                raise Refused(6011, "a signature does not hold")
        results.append({"key": headers[4].hex(), "algorithm": name, "checked": checked})
    if not any(result["checked"] for result in results):
        raise Refused(6010, "nobody trusted signed it")
    return results


# Section 4: the manifest.


def fields(item, required, optional=(), where="a map"):
    if not isinstance(item, dict):
        raise Refused(6005, f"{where} is no map")
    for key in required:
        if key not in item:
            raise Refused(6005, f"{where} lacks {key}")
    for key in item:
        if key not in required and key not in optional:
            raise Refused(6006, f"{where} has the unknown key {key}")
    return item


def read_manifest(encoded):
    manifest = fields(parse(encoded), (1, 2, 3, 7, 20, -256), where="the manifest")
    if manifest[1] != 1:
        raise Refused(6007, "the version is not known")
    common = fields(parse(manifest[3]), (2, 4), where="common")
    count = len(common[2])
    if common[2] != [[b"mote", bytes([i])] for i in range(count)]:
        raise Refused(6008, "components are odd")
    shared, images = parse(common[4]), []
    for i in range(count):
        parameters = fields(shared[4 * i + 3], (3, 14), where="parameters")
        images.append((parse(parameters[3])[1], parameters[14]))
    expected = []
    for i, (digest, size) in enumerate(images):
        expected += [12, i, 20, {3: encode([-16, digest]), 14: size}]
    install, check = [], []
    for i in range(count):
        install += [12, i, 20, {21: f"#{i}"}, 21, 15, 3, 15]
        check += [12, i, 3, 15]
    if shared != expected or parse(manifest[20]) != install or parse(manifest[7]) != check:
        raise Refused(6008, "a command sequence is odd")
    description = manifest[-256]
    extensions = [key for key in description if isinstance(key, int) and key < -255]
    fields(description, (1, 2, 3, 4, 5, 6, 9), (7, 8, 10, *extensions), where="the description")
    if description[1] != 1:
        raise Refused(6007, "the version of the profile is not known")
    if len(description[4]) != count:
        raise Refused(6005, "there is not one payload for each component")
    fields(description[2], (1, 2, 3, 4), (5,), where="the identity")
    fields(description[3], (1, 2, 3, 4), (5,), where="the provenance")
    for payload in description[4]:
        fields(payload, (1, 2, 3), (4, 5, 6, 7, 8), where="a payload")
        fields(payload[2], (1, 4, 5), (2, 3, 6), where="requirements")
        if 7 in payload:
            fields(payload[7], (1, 2, 3, 4, 5, 6), where="memory")
        if 8 in payload:
            fields(payload[8], (1,), (2, 3, 4, 5), where="measured")
    for signal in description[5] + description[6]:
        fields(signal, (1, 2, 3), (4, 5, 6, 7), where="a signal")
    return manifest[2], images, description


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


def decode(path, keys, base_path=None):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] != b"\xd8\x6b":
        raise Refused(6001, "it is no module")
    if len(data) > 1 << 27:
        raise Refused(6004, "it is too large")
    names = [f"#{i}" for i in range(8)]
    envelope = fields(parse(data).item, (2, 3), (-256, *names), where="the envelope")
    digest = sha256(encode(envelope[3]))
    signatures = verify(parse(envelope[2]), digest, keys)
    sequence, images, description = read_manifest(envelope[3])
    transports = {t[1]: t for t in parse(envelope[-256])} if -256 in envelope else {}
    bases = []
    if base_path:
        with open(base_path, "rb") as file:
            older = parse(file.read()).item
        bases = [older[name] for name in names if name in older]
    contents, payloads = {}, []
    for i, (payload, (payload_digest, size)) in enumerate(zip(description[4], images)):
        transport = transports.get(i, {})
        state = "not carried"
        if f"#{i}" in envelope and 3 in transport:
            state = "encrypted"
        elif f"#{i}" in envelope:
            plain = envelope[f"#{i}"]
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
