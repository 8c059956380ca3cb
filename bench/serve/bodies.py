"""The request bodies of the serve benchmark: one garment in three forms, the binary ones of 4096 bytes.

tensor  a JSON head (208 bytes) and 36 x 36 RGB pixels (3888 bytes), by the protocol's binary extension
json    the same pixels as numbers in JSON
png     the picture's file, with a comment chunk that fills it up
"""
import json
import pathlib
import struct
import zlib

SIZE = 4096
SIDE = 36


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grey_pixels(png):
    """Rows of our own garment.png: 8 bits, grey, no filters, no interlace."""
    at, data, size = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IHDR":
            size = struct.unpack(">II", png[at + 8:at + 16])
        if kind == b"IDAT":
            data += png[at + 8:at + 8 + length]
        at += 12 + length
    width, height = size
    raw = zlib.decompress(data)
    return [raw[y * (width + 1) + 1:(y + 1) * (width + 1)] for y in range(height)]


def write(png_file, folder):
    """Writes the bodies; returns, by name, the file and its request headers."""
    folder = pathlib.Path(folder)
    png = pathlib.Path(png_file).read_bytes()
    rows = grey_pixels(png)
    pixels = bytearray()
    for y in range(SIDE):
        for x in range(SIDE):
            pixels += bytes([rows[y * len(rows) // SIDE][x * len(rows[0]) // SIDE]]) * 3

    def head(**more):
        tensor = {"name": "image", "shape": [1, SIDE, SIDE, 3], "datatype": "UINT8", **more}
        return {"id": "", "inputs": [tensor]}

    def text(value):
        return json.dumps(value, separators=(",", ":")).encode()

    binary = head(parameters={"binary_data_size": len(pixels)})
    binary["id"] = "x" * (SIZE - len(pixels) - len(text(binary)))
    tensor_head = text(binary)
    filler = SIZE - len(png) - 12
    padded = png[:33] + chunk(b"tEXt", (b"Comment\0" + b"x" * filler)[:filler]) + png[33:]
    bodies = {
        "tensor": (tensor_head + pixels, ["Content-Type: application/octet-stream",
                                          f"Inference-Header-Content-Length: {len(tensor_head)}"]),
        "json": (text(head(data=list(pixels))), ["Content-Type: application/json"]),
        "png": (padded, ["Content-Type: image/png"]),
    }
    for name in ("tensor", "png"):
        assert len(bodies[name][0]) == SIZE, (name, len(bodies[name][0]))
    written = {}
    for name, (body, headers) in bodies.items():
        file = folder / f"{name}.body"
        file.write_bytes(body)
        written[name] = (file, headers)
    return written
