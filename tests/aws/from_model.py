"""Random values for the shapes of botocore's service models."""

import datetime

TEXT = "abcXYZ 019-._~/:+%&=?<>\"'\u00e9\u6f22"
MOMENT = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def text(draw, longest=12):
    """Not empty, and no blanks at the ends, which readers of XML may drop."""
    return "".join(draw.choice(TEXT) for _ in range(draw.randrange(longest))).strip() or "a"


def value(draw, shape, always=(), depth=0):
    """A value for the shape; members named in `always` are there, others often. Bounded in depth."""
    kind = shape.type_name
    if kind == "structure":
        share = 0.7 if depth < 4 else 0.2
        return {name: value(draw, member, always, depth + 1) for name, member in shape.members.items()
                if name in always or name in shape.required_members
                or (depth < 8 and draw.random() < share)}
    if kind == "list":
        return [value(draw, shape.member, always, depth + 1) for _ in range(draw.randrange(4) if depth < 8 else 0)]
    if kind == "map":
        return {text(draw): value(draw, shape.value, always, depth + 1) for _ in range(draw.randrange(3))}
    if kind == "string":
        return draw.choice(shape.enum) if shape.enum else text(draw)
    if kind == "boolean":
        return draw.random() < 0.5
    if kind in ("integer", "long"):
        return draw.randrange(100_000)
    if kind in ("float", "double"):
        return draw.randrange(1_000) / 8
    if kind == "timestamp":
        return MOMENT + datetime.timedelta(seconds=draw.randrange(1_400_000_000, 2_000_000_000))
    if kind == "blob":
        return bytes(draw.randrange(256) for _ in range(draw.randrange(20)))
    raise ValueError(f"no values for {kind}")
