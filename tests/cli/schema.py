"""JSON Schema, as much of it as podium's documents use. What it does not know it refuses, so that nothing is passed over."""

KNOWN = {"$schema", "title", "description", "type", "enum", "const", "required", "properties", "additionalProperties", "items",
         "minItems", "maxItems", "minimum", "maximum", "oneOf", "anyOf"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


class Invalid(Exception):
    pass


def is_of(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def validate(value, schema, path="$"):
    def expect(good, what):
        if not good:
            raise Invalid(f"{path}: {what}: {value!r:.200}")

    expect(set(schema) <= KNOWN, f"the schema has {set(schema) - KNOWN}")
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        expect(any(is_of(value, n) for n in names), f"is no {names}")
    if "enum" in schema:
        expect(value in schema["enum"], f"is none of {schema['enum']}")
    if "const" in schema:
        expect(value == schema["const"], f"is not {schema['const']}")
    if isinstance(value, dict):
        for name in schema.get("required", []):
            expect(name in value, f"has no {name}")
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                validate(inner, schema["properties"][name], f"{path}.{name}")
            elif isinstance(schema.get("additionalProperties"), dict):
                validate(inner, schema["additionalProperties"], f"{path}.{name}")
            else:
                expect(schema.get("additionalProperties", True), f"has {name}")
    if isinstance(value, list):
        expect(schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)), "has too few or too many items")
        for i, inner in enumerate(value):
            validate(inner, schema.get("items", {}), f"{path}[{i}]")
    for combine, enough in (("oneOf", lambda n: n == 1), ("anyOf", lambda n: n >= 1)):
        if combine in schema:
            reasons = []
            for inner in schema[combine]:
                try:
                    validate(value, inner, path)
                except Invalid as e:
                    reasons.append(str(e))
            expect(enough(len(schema[combine]) - len(reasons)), f"{combine} does not hold: {reasons}")
