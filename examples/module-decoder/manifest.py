"""Section 4 of docs/spec/inference-module.md: the manifest, every field of it; and transports, of section 5.

The CDDL is written down once more, as Python objects: `look` finds versions and keys that are not known, `check` all else.
"""

import re
import struct

from cbor import Refused, Tag, encode, parse


def need(condition, what):
    if not condition:
        raise Refused(6005, what)


class Leaf:
    def __init__(self, holds):
        self.holds = holds

    def look(self, item, code):
        pass

    def check(self, item, where):
        need(self.holds(item), f"{where} is wrong")


class Version(Leaf):
    def __init__(self):
        super().__init__(is_integer)

    def look(self, item, code):
        if code == 6007 and is_integer(item) and item != 1:
            raise Refused(6007, "the version is not known")


class Map:
    def __init__(self, fields, optional=(), extensions=False):
        self.fields, self.optional, self.extensions = fields, optional, extensions

    def look(self, item, code):
        if not isinstance(item, dict):
            return
        for key, value in item.items():
            if is_integer(key) and key in self.fields:
                self.fields[key].look(value, code)
            elif code == 6006 and not (self.extensions and is_integer(key) and key < -255):
                raise Refused(6006, f"the key {key} is not known")

    def check(self, item, where):
        need(isinstance(item, dict), f"{where} is no map")
        for key, field in self.fields.items():
            if key in item:
                field.check(item[key], f"{where}.{key}")
            else:
                need(key in self.optional, f"{where} lacks {key}")


class List:
    def __init__(self, least, most, item):
        self.least, self.most, self.item = least, most, item

    def look(self, item, code):
        if isinstance(item, list) and self.least <= len(item) <= self.most:
            for each in item:
                self.item.look(each, code)

    def check(self, item, where):
        need(isinstance(item, list) and self.least <= len(item) <= self.most, f"{where} is no such list")
        for i, each in enumerate(item):
            self.item.check(each, f"{where}[{i}]")


class Tuple:
    def __init__(self, *items):
        self.items = items

    def look(self, item, code):
        pass

    def check(self, item, where):
        need(isinstance(item, list) and len(item) == len(self.items), f"{where} is no such list")
        for i, (field, each) in enumerate(zip(self.items, item)):
            field.check(each, f"{where}[{i}]")


class Choice(Tuple):
    """A list, the first item of which says what the others are."""

    def __init__(self, forms):
        self.forms = forms

    def look(self, item, code):
        form = self.forms.get(item[0]) if isinstance(item, list) and item and is_integer(item[0]) else None
        if form and len(item) == len(form.items) + 1:
            for field, each in zip(form.items, item[1:]):
                field.look(each, code)

    def check(self, item, where):
        need(isinstance(item, list) and item and is_integer(item[0]) and item[0] in self.forms, f"{where} has no form")
        self.forms[item[0]].check(item[1:], where)


def is_integer(item):
    return isinstance(item, int) and not isinstance(item, bool)


def is_text(item):
    return isinstance(item, str) and 1 <= len(item) <= 1024 and not re.search("[\0-\x1f\x7f-\x9f]", item)


def integer(least, most):
    return Leaf(lambda item: is_integer(item) and least <= item <= most)


def power(least, most):
    return Leaf(lambda item: is_integer(item) and least <= item <= most and item & (item - 1) == 0)


def data(least, most):
    return Leaf(lambda item: isinstance(item, bytes) and least <= len(item) <= most)


def pattern(expression):
    return Leaf(lambda item: isinstance(item, str) and re.fullmatch(expression, item))


def single(most):
    def holds(item):
        if not isinstance(item, float) or not 0 < item <= most:
            return False
        try:
            return struct.unpack(">f", struct.pack(">f", item))[0] == item
        except OverflowError:
            return False

    return Leaf(holds)


def is_options(item):
    return (
        isinstance(item, dict)
        and 1 <= len(item) <= 32
        and all(isinstance(key, str) and re.fullmatch(NAME, key) and is_text(item[key]) for key in item)
    )


NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"
name = pattern(NAME)
text = Leaf(is_text)
number = Leaf(lambda item: isinstance(item, float))
whole = integer(0, 2**31 - 1)
octet = integer(0, 255)
bytes_up_to = integer(0, 2**40)
figure = integer(0, 2**63 - 1)
anything = Leaf(lambda item: True)

identity = Map(
    {1: data(16, 16), 2: data(16, 16), 3: name, 4: pattern("[0-9A-Za-z][0-9A-Za-z.+-]{0,63}"), 5: text}, optional=(5,)
)
provenance = Map({1: data(32, 32), 2: name, 3: name, 4: text, 5: Leaf(is_options)}, optional=(5,))
requirements = Map(
    {1: name, 2: List(1, 16, name), 3: name, 4: bytes_up_to, 5: bytes_up_to, 6: integer(1, 1 << 24)}, optional=(2, 3, 6)
)
offsets = List(1, 16, integer(0, 1 << 31))
memory = Map({1: integer(0, 1 << 31), 2: power(1, 4096), 3: offsets, 4: offsets, 5: bytes_up_to, 6: bytes_up_to})
measured = Map({1: text, 2: figure, 3: figure, 4: figure, 5: figure}, optional=(2, 3, 4, 5))
payload = Map(
    {
        1: integer(1, 5),
        2: requirements,
        3: power(1 << 8, 1 << 20),
        4: data(32, 1 << 13),
        5: List(1, 16, Tuple(name, integer(1, 1 << 26))),
        6: name,
        7: memory,
        8: measured,
    },
    optional=(4, 5, 6, 7, 8),
)
signal = Map(
    {
        1: text,
        2: List(0, 8, integer(1, 1 << 26)),
        3: integer(1, 7),
        4: single(3.5e38),
        5: integer(-(1 << 31), (1 << 31) - 1),
        6: text,
        7: List(1, 1024, text),
    },
    optional=(4, 5, 6, 7),
)
STEPS = [
    (number, number), (number, number), (), (), (whole, whole, name), (), (whole,), (whole, whole), (name,),
    (whole, whole), (whole, number, number, whole), (number,), (whole,), (whole,), (), (), (), (number,), (whole,), (),
    (whole, name),
]  # fmt: skip
step = Choice(
    {
        i + 1: Tuple(integer(0, 15), Map(dict(enumerate(parameters, start=1))))
        for i, parameters in enumerate(STEPS)
    }
)
golden = Tuple(
    List(1, 16, Choice({1: Tuple(data(0, 1 << 15)), 2: Tuple(octet, octet), 3: Tuple(octet, octet)})),
    List(1, 16, Choice({1: Tuple(data(0, 1 << 15)), 2: Tuple(data(32, 32)), 3: Tuple(data(0, 1 << 15), single(1))})),
)
description = Map(
    {
        1: Version(),
        2: identity,
        3: provenance,
        4: List(1, 8, payload),
        5: List(1, 16, signal),
        6: List(1, 16, signal),
        7: List(1, 32, step),
        8: List(1, 32, step),
        9: List(1, 8, golden),
        10: text,
    },
    optional=(7, 8, 10),
    extensions=True,
)
manifest = Map({1: Version(), 2: figure, 3: anything, 7: anything, 20: anything, -256: description}, (3, 7, 20))
transports = List(
    1, 8, Map({1: integer(0, 7), 2: data(32, 32), 3: data(0, 1 << 16)}, optional=(2, 3))
)


def read_manifest(encoded):
    """Section 6, step 4; returns sequence number, digests and sizes, description."""
    item = parse(encoded)
    for code in 6007, 6006:
        manifest.look(item, code)
    images = derived(item)
    manifest.check(item, "manifest")
    described = item[-256]
    agree(described, images)
    return item[2], images, described


def derived(item):
    """Digests and sizes, when all that stands before the description is as it must be."""
    images = []
    if not isinstance(item, dict):
        raise Refused(6008, "the manifest is no map")
    try:
        common = parse(item[3])
        count = len(common[2])
        shared = parse(common[4])
        for i in range(count):
            images.append((parse(shared[4 * i + 3][3])[1], shared[4 * i + 3][14]))
    except (Refused, TypeError, KeyError, IndexError):
        raise Refused(6008, "components and shared sequence do not follow from the payloads") from None
    expected, install, check = [], [], []
    for i, (digest, size) in enumerate(images):
        if not isinstance(digest, bytes) or len(digest) != 32 or not is_integer(size) or not 1 <= size <= 1 << 26:
            raise Refused(6008, "a digest or a size is none")
        expected += [12, i, 20, {3: encode([-16, digest]), 14: size}]
        install += [12, i, 20, {21: f"#{i}"}, 21, 15, 3, 15]
        check += [12, i, 3, 15]
    components = [[b"mote", bytes([i])] for i in range(len(images))]
    start = {1: 1, 2: item[2] if 2 in item else None, 3: encode({2: components, 4: encode(expected)})}
    start |= {7: encode(check), 20: encode(install)}
    rest = {key: value for key, value in item.items() if key != -256}
    holds = 1 <= len(images) <= 8 and is_integer(start[2]) and start[2] >= 0 and -256 in item
    if not holds or not is_integer(rest.get(1)) or rest != start:
        raise Refused(6008, "what stands before the description does not follow from the payloads")
    return images


ELEMENT_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 4, 7: 1}
FLOAT32 = 6


def signal_bytes(item):
    size = ELEMENT_BYTES[item[3]]
    for dimension in item[2]:
        size *= dimension
    return size


def agree(described, images):
    """What more than one field says."""
    need(len(described[4]) == len(images), "there is not one payload for each component")
    inputs, outputs = described[5], described[6]
    for item in inputs + outputs:
        need(signal_bytes(item) <= 1 << 26, "a signal is too large")
        need(4 in item or 5 not in item, "a zero point needs a scale")
        need(7 not in item or item[2] and len(item[7]) == item[2][-1], "there is not a label for each element")
    for key, signals in (7, inputs), (8, outputs):
        need(all(each[1] < len(signals) for each in described.get(key, [])), "a step is for no signal")
    for item, (_, size) in zip(described[4], images):
        blocks = -(-size // item[3])
        need(blocks <= 256 and len(item.get(4, b"")) == (0 if blocks == 1 else 32 * blocks), "hashes do not fit blocks")
        features = item[2].get(2, [])
        need(features == sorted(set(features)), "extensions are not in alphabetical order")
        files = item.get(5, [])
        need(len({file[0] for file in files}) == len(files), "two files have one name")
        need(not files or sum(file[1] for file in files) == size, "files are not as long as the payload")
        if 7 in item:
            arena = item[7][1]
            for key, signals in (3, inputs), (4, outputs):
                need(len(item[7][key]) == len(signals), "there is not an offset for each signal")
                for offset, each in zip(item[7][key], signals):
                    by_rows = key == 3 and offset == arena
                    need(by_rows or offset <= max(0, arena - signal_bytes(each)), "a signal is outside of the arena")
    for vector in described[9]:
        for values, signals in zip(vector, (inputs, outputs)):
            need(len(values) == len(signals), "there is not a golden value for each signal")
            for value, each in zip(values, signals):
                need(value[0] != 3 or each[3] == FLOAT32, "a golden value is for float32")
                whole_bytes = isinstance(value[1], bytes) and value[0] != 2
                need(not whole_bytes or len(value[1]) == signal_bytes(each), "a golden value has another size")


def read_transports(encoded):
    """How payloads travel, by index."""
    item = parse(encoded)
    transports.look(item, 6006)
    transports.check(item, "transports")
    result, before = {}, -1
    for each in item:
        need(each[1] > before and (2 in each or 3 in each), "transports are out of order, or say nothing")
        before = each[1]
        if 3 in each:
            try:
                need(encrypted(parse(each[3])), "a COSE_Encrypt is odd")
            except Refused:
                raise Refused(6005, "a COSE_Encrypt is odd") from None
        result[before] = each
    return result


def encrypted(item):
    """Whether an item is what section 5 calls `encrypted`."""
    if not isinstance(item, Tag) or item.number != 96 or not isinstance(item.item, list) or len(item.item) != 4:
        return False
    protected, nonce, nothing, recipients = item.item
    algorithm = {encode({1: 1}): 0, encode({1: 3}): 2}.get(protected) if isinstance(protected, bytes) else None
    if algorithm is None or nothing is not None or not isinstance(recipients, list) or not 1 <= len(recipients) <= 64:
        return False
    if not isinstance(nonce, dict) or list(nonce) != [5] or not data(12, 12).holds(nonce[5]):
        return False
    for each in recipients:
        if not isinstance(each, list) or len(each) != 3 or not isinstance(each[1], dict):
            return False
        headers, open_headers, wrapped = each
        key = open_headers.get(-1)
        point = {2: 1, 1: 4}.get(key.get(1)) if isinstance(key, dict) else None
        shared = headers == b"" and open_headers == {1: -3 - algorithm, 4: open_headers.get(4)}
        agreed = (
            headers == encode({1: -29 - algorithm})
            and open_headers == {4: open_headers.get(4), -1: key}
            and point is not None
            and key == {1: key[1], -1: point} | {-2 - i: key.get(-2 - i) for i in range(2 if point == 1 else 1)}
            and all(isinstance(key[-2 - i], bytes) and len(key[-2 - i]) == 32 for i in range(2 if point == 1 else 1))
        )
        size = 24 + 8 * algorithm
        if not (shared or agreed) or not isinstance(open_headers[4], bytes) or not data(size, size).holds(wrapped):
            return False
    return True
