"""What the example decoder says of each file of a list: `codes.py DECODER_FOLDER KEY.pem LIST`.

All signatures by the key are right, and are not checked here, which would start a program for each.
"""

import os
import sys
import tempfile

folder, key, files = sys.argv[1:]
sys.path.insert(0, folder)
sys.dont_write_bytecode = True

import decode  # noqa: E402
from cbor import Refused  # noqa: E402

decode.ecdsa = lambda *_: True

with open(files, "rb") as stream:
    data = stream.read()
keys = [decode.public_key(key)]
with tempfile.TemporaryDirectory() as temporary:
    path = os.path.join(temporary, "module.mote")
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        with open(path, "wb") as file:
            file.write(data[at + 4 : at + 4 + size])
        at += 4 + size
        try:
            decode.decode(path, keys)
            print(0)
        except Refused as refused:
            print(refused.code)
