"""Every chart of the kit, over usual, many, no and odd data."""
import json
import pathlib
import subprocess



from drawing import VEGA, VEGA_LITE, check, colored, has_color, render, validator
from podium import BINARY

KINDS = {".vl.json": VEGA_LITE, ".vg.json": VEGA}


def test_the_schemas_do_refuse():
    assert not validator(VEGA_LITE).is_valid({"mark": "bart", "data": {"values": []}})
    assert not validator(VEGA_LITE).is_valid({"mark": "bar", "data": {"values": []}, "encoding": {"x": {"field": "a", "typ": "nominal"}}})
    assert validator(VEGA_LITE).is_valid({"mark": "bar", "data": {"values": []}, "encoding": {"x": {"field": "a", "type": "nominal"}}})
    assert not validator(VEGA).is_valid({"marks": [{"type": "path", "encode": {"update": {"path": 5}}}]})
    assert not validator(VEGA).is_valid({"signals": [{"name": "a", "on": [{"events": 3}]}]})


def test_every_chart_is_valid_and_can_be_drawn(gallery):
    names = sorted(p.name for p in gallery.glob("*.json"))
    assert len(names) >= 40
    blank = []
    for name in names:
        media_type = KINDS["." + name.split(".", 1)[1]]
        specification = check((gallery / name).read_text(), media_type)
        if name.startswith("curves-url"):
            continue  # there is nobody who answers
        short = name.split(".")[0]
        picture = render(specification, media_type, short)
        wide, high = picture.size
        assert wide <= 2000 and high <= 4000, (name, picture.size)
        if colored(picture) < 150:
            blank.append(short)
    assert blank == sorted(f"{kind}-none" for kind in ("bars", "curves", "front", "importance", "parallel", "ranks", "scatter")
                           if f"{kind}-none" in blank), "nothing is drawn"


def test_the_newest_of_version_5_draws_them_too(gallery):
    for name in ("bars-clustered", "box", "curves-band", "front", "importance", "intervals", "ranks", "scatter-groups"):
        specification = json.loads((gallery / f"{name}.vl.json").read_text())
        assert colored(render(specification, VEGA_LITE, f"{name}-5.20", version="5.20")) > 150, name


def test_a_brush_greys_the_lines_outside_of_it(gallery):
    specification = json.loads((gallery / "parallel-plain.vg.json").read_text())
    everything = render(specification, VEGA, "parallel-unbrushed")
    for signal in specification["signals"]:
        if signal["name"] == "b0":
            signal["value"] = [0, 5]  # pixels from the top of the first axis
    brushed = render(specification, VEGA, "parallel-brushed-by-hand")
    assert colored(brushed) < colored(everything) / 3
    next(s for s in specification["signals"] if s["name"] == "b0")["value"] = [-8, 400]
    assert colored(render(specification, VEGA, "parallel-brushed-all")) > colored(everything) * 0.9


def test_a_line_that_is_pointed_at_stands_out(gallery):
    specification = json.loads((gallery / "parallel-plain.vg.json").read_text())
    everything = render(specification, VEGA, "parallel-unhovered")
    color = specification["data"][0]["values"][5]["c"]
    next(s for s in specification["signals"] if s["name"] == "hover")["value"] = 5
    hovered = render(specification, VEGA, "parallel-hovered")
    assert has_color(hovered, color) > 2 * has_color(everything, color)


def test_the_gallery_is_the_same_each_time(gallery, tmp_path):
    subprocess.run([pathlib.Path(BINARY).parent / "chart_gallery", tmp_path], check=True)
    for path in gallery.glob("*.json"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
