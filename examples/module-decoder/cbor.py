"""Section 1 of docs/spec/inference-module.md: deterministic CBOR, and the errors of section 8."""

import hashlib
import struct


class Refused(Exception):
    """A module that must not be used, with the code of section 8."""

    def __init__(self, code, what):
        super().__init__(f"MOTE-{code} {what}")
        self.code = code


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
            in_limits = depth < 12 and self.items < 20_000 and start < len(self.data)
            if in_limits and self.data[start] >> 5 not in (0, 1, 3):
                raise Refused(6003, "a key is neither an integer nor a text")
            key = self.item(depth + 1)
            encoded = self.data[start : self.at]
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
