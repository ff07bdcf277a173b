"""Slow and obvious: smoothing, buckets and groups as docs/comparison.md tells them, with numpy and pandas."""
import math

import numpy
import pandas


def finite(values):
    return [v for v in values if math.isfinite(v)]


def ema(x, y, weight):
    """The mean of all values so far, the k-th before counting weight**k."""
    out, seen = [], []
    for v in y:
        if not math.isfinite(v):
            out.append(v)
            continue
        seen.append(v)
        weights = numpy.array([weight ** (len(seen) - 1 - i) for i in range(len(seen))], dtype=float)
        out.append(float((weights * numpy.array(seen)).sum() / weights.sum()))
    return out


def time_ema(x, y, weight):
    places = [a for a, v in zip(x, y) if math.isfinite(v)]
    if len(places) < 2:
        return list(y)
    mean = (places[-1] - places[0]) / (len(places) - 1)
    out, seen = [], []
    for a, v in zip(x, y):
        if not math.isfinite(v):
            out.append(v)
            continue
        seen.append((a, v))
        if mean > 0:
            weights = numpy.array([weight ** ((a - b) / mean) for b, _ in seen])
        else:
            weights = numpy.array([weight ** (len(seen) - 1 - i) for i in range(len(seen))], dtype=float)
        out.append(float((weights * numpy.array([w for _, w in seen])).sum() / weights.sum()))
    return out


def running(x, y, window):
    if len(y) <= 5:
        return list(y)
    s = pandas.Series(y, dtype=float)
    mean = s.where(numpy.isfinite(s)).rolling(window, min_periods=1).mean()
    return [v if not math.isfinite(v) else float(m) for v, m in zip(y, mean)]


def gaussian(x, y, kernel, sigma):
    if len(y) <= 5:
        return list(y)
    half = kernel // 2
    out = []
    for i, v in enumerate(y):
        if not math.isfinite(v):
            out.append(v)
            continue
        around = [(math.exp(-((k / sigma) ** 2) / 2), y[min(max(i + k, 0), len(y) - 1)]) for k in range(-half, half + 1)]
        around = [(w, n) for w, n in around if math.isfinite(n)]
        out.append(sum(w * n for w, n in around) / sum(w for w, _ in around))
    return out


def smoothed(kind, x, y, **how):
    return {"ema": ema, "time_ema": time_ema, "running": running, "gaussian": gaussian}[kind](x, y, **how)


def bucket_of(x, spacing, buckets):
    """Of each row of a curve its bucket."""
    n = len(x)
    if spacing == "even":
        return [i * buckets // n for i in range(n)]
    scale = math.log if spacing == "log" else float
    first, last = scale(x[0]), scale(x[-1])
    width = (last - first) / buckets
    return [0 if width <= 0 else min(buckets - 1, int((scale(v) - first) / width)) for v in x]


def sampled(x, y, spacing, buckets):
    """First, least, greatest and last of each bucket, in order."""
    if not x:
        return []
    frame = pandas.DataFrame({"x": x, "y": y, "bucket": bucket_of(x, spacing, buckets)})
    kept = set()
    for _, rows in frame.groupby("bucket"):
        kept |= {rows.index[0], rows.index[-1]}
        numbers = rows["y"].dropna()
        if len(numbers):
            kept |= {numbers.idxmin(), numbers.idxmax()}
    return [(x[i], y[i]) for i in sorted(kept)]


def folded(curves, spacing, places, band):
    """The mean over tasks of each task's mean at a place. curves: [(x, y), ...] of the tasks of a group."""
    rows = [(t, a, v) for t, (x, y) in enumerate(curves) for a, v in zip(x, y) if math.isfinite(v)]
    if not rows:
        return []
    frame = pandas.DataFrame(rows, columns=["task", "x", "y"])
    if frame["x"].nunique() <= places:
        frame["place"] = frame["x"]
        middle = {p: p for p in frame["place"].unique()}
    else:
        scale, back = (numpy.log, numpy.exp) if spacing == "log" else (lambda v: v, lambda v: v)
        first, last = float(scale(frame["x"].min())), float(scale(frame["x"].max()))
        width = (last - first) / places
        frame["place"] = [min(places - 1, int((float(scale(v)) - first) / width)) for v in frame["x"]]
        middle = {p: float(back(first + (p + 0.5) * width)) for p in frame["place"].unique()}
    means = frame.groupby(["place", "task"])["y"].mean().reset_index()
    out = []
    for place, group in means.groupby("place"):
        mean = float(group["y"].mean())
        at = frame[frame["place"] == place]["y"]
        spread = float(group["y"].std(ddof=1)) if len(group) > 1 else 0.0
        low, high = (float(at.min()), float(at.max())) if band == "range" else (mean - spread, mean + spread)
        out.append((middle[place], mean, len(group), low, high))
    return out
