"""Rows as a pandas.DataFrame with the types that the columns have."""
from .errors import PodiumError
from .results import MOST_LIMITED, which_of


def _pandas():
    try:
        import pandas
    except ImportError:
        raise PodiumError("unsupported", "to_df() needs pandas, which is not installed here: pip install pandas") from None
    return pandas


def frame_of(names, types, rows):
    """NaN and the infinities come as texts; parameters and tags are texts, and numbers where all of a column are."""
    pd = _pandas()
    frame = {}
    for i, name in enumerate(names):
        values = [row[i] for row in rows]
        frame[name] = _series(pd, values, types.get(name, "any"), name)
    return pd.DataFrame(frame, columns=list(names))


def _series(pd, values, kind, name):
    if kind == "time":
        return pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ms", utc=True)
    if kind == "duration":
        return pd.to_timedelta(pd.Series(values, dtype="Int64"), unit="ms")
    if kind == "real":
        return pd.Series([float("nan") if v is None else float(v) for v in values], dtype="float64")
    if kind in ("integer", "bytes"):
        return pd.Series(values, dtype="Int64" if None in values else "int64")
    if kind == "boolean":
        return pd.Series(values, dtype="boolean" if None in values else "bool")
    if kind == "text" and name.startswith("params."):
        known = [v for v in values if v is not None]
        try:
            numbers = pd.to_numeric(pd.Series(known, dtype=object)) if known else None
        except (ValueError, TypeError):
            numbers = None
        if numbers is not None and all(isinstance(v, str) for v in known):
            whole = numbers.dtype.kind == "i"
            texts = iter(numbers.tolist())
            return pd.Series([None if v is None else next(texts) for v in values],
                             dtype=("Int64" if None in values else "int64") if whole else "float64")
    if kind in ("text", "id"):
        return pd.Series(values, dtype="str")
    return pd.Series(values, dtype=object)


def frame_of_answer(answer):
    if answer["kind"] == "figure":
        answer = {"kind": "table", **answer["table"]}
    if answer["kind"] == "table":
        return frame_of([c["name"] for c in answer["columns"]], {c["name"]: c["type"] for c in answer["columns"]}, answer["rows"])
    if answer["kind"] == "chart":
        rows = [[s.get("task"), s.get("label"), s["metric"], s.get("scope"), *point] for s in answer["series"] for point in s["points"]]
        types = {"task": "id", "label": "text", "metric": "text", "scope": "text", "step": "integer", "time": "time", "value": "real"}
        return frame_of(list(types), types, rows)
    raise PodiumError("unsupported", f"the answer of '{answer['line']}' has no rows")


def rows_of(client, question, columns, limit=None):
    """All rows of a question, page by page."""
    body = {**which_of(question), "order": question.get("order", []), "columns": columns}
    rows, cursor = [], None
    while True:
        left = MOST_LIMITED if limit is None else min(MOST_LIMITED, limit - len(rows))
        page = client.call("/api/v1/tasks/query", {**body, "limit": left, **({"cursor": cursor} if cursor else {})})
        rows += [row for row in page["rows"] if row is not None]
        cursor = page["cursor"]
        if not cursor or (limit is not None and len(rows) >= limit):
            return rows


def types_of(client, columns, known):
    """What the columns of tasks hold; those that an answer has not told of are asked for."""
    missing = [c for c in columns if c not in known]
    if missing:
        told = client.call("/api/v1/commands", {"argv": ["tasks", "--show", ", ".join(missing), "--limit", "1"]})
        known = {**known, **{name: c["type"] for name, c in zip(missing, told["columns"])}}
    return known
