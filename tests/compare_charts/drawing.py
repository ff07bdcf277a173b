"""Specifications held to their schemas, and drawn."""
import functools
import gzip
import io
import json
import pathlib
from urllib.parse import quote

import altair
import jsonschema_rs
import PIL.Image
import PIL.ImageChops
import vl_convert

PICTURES = pathlib.Path(__file__).resolve().parents[2] / "build" / "charts"
VEGA_LITE, VEGA = "application/vnd.vegalite.v5+json", "application/vnd.vega.v5+json"


def _references(schema):
    """Vega-Lite's definitions have names that are no URIs, and are referred to by them."""
    if isinstance(schema, dict):
        return {k: "#" + quote(v[1:], safe="/") if k == "$ref" else _references(v) for k, v in schema.items()}
    return [_references(v) for v in schema] if isinstance(schema, list) else schema


@functools.cache
def validator(media_type):
    if media_type == VEGA:
        packed = (pathlib.Path(__file__).parent / "schemas/vega-5.33.0.json.gz").read_bytes()
        schema = json.loads(gzip.decompress(packed))
    else:
        schema = json.loads((pathlib.Path(altair.__file__).parent / "vegalite/v5/schema/vega-lite-schema.json").read_text())
    return jsonschema_rs.validator_for(_references(schema))


def no_constant(word):
    raise AssertionError(f"{word} is no JSON")


def check(specification, media_type):
    """Valid JSON, valid by its schema. Takes text or what was read."""
    if isinstance(specification, str):
        specification = json.loads(specification, parse_constant=no_constant)
    wrong = [f"{list(e.instance_path)}: {e.message[:300]}" for e in validator(media_type).iter_errors(specification)]
    assert not wrong, wrong[:5]
    return specification


def render(specification, media_type, name, version="5.8"):
    """The picture on white, kept as build/charts/NAME.png."""
    if media_type == VEGA:
        png = vl_convert.vega_to_png(specification)
    else:
        png = vl_convert.vegalite_to_png(specification, vl_version=version)
    picture = PIL.Image.open(io.BytesIO(png)).convert("RGBA")
    white = PIL.Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    PICTURES.mkdir(parents=True, exist_ok=True)
    white.convert("RGB").save(PICTURES / f"{name}.png")
    return white.convert("RGB")


def colored(picture):
    """How many pixels are a color: not white, black or grey."""
    hue = picture.convert("HSV")
    saturation = hue.getchannel("S").point(lambda s: 255 if s > 60 else 0)
    return saturation.histogram()[255]


def has_color(picture, color, near=24):
    """How many pixels are about of a color "#rrggbb"."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    mask = None
    for channel, w in zip(picture.split(), wanted):
        close = channel.point(lambda v, w=w: 255 if abs(v - w) <= near else 0)
        mask = close if mask is None else PIL.ImageChops.multiply(mask, close)
    return mask.histogram()[255]
