"""The document of the API itself."""
import openapi_spec_validator
import requests


def test_valid(podium):
    document = requests.get(f"{podium.url}/api/v1/openapi.json", timeout=30).json()
    assert document["openapi"].startswith("3.1")
    openapi_spec_validator.validate(document, cls=openapi_spec_validator.OpenAPIV31SpecValidator)


def operations(podium):
    document = requests.get(f"{podium.url}/api/v1/openapi.json", timeout=30).json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield document, path, method, operation


def test_every_operation_says_what_a_client_needs(podium):
    seen = set()
    for document, path, method, operation in operations(podium):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["x-permission"], where
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert any(status.startswith("2") for status in operation["responses"]), where
        for status, answer in operation["responses"].items():
            if not status.startswith(("4", "5")):
                continue
            error = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
            codes = error["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"]
            assert codes, f"{where} {status}"
    assert {"get_tasks_id", "get_events", "get_openapi_json", "post_tasks_query"} <= seen


def test_schemas_are_shared(podium):
    schemas = next(operations(podium))[0]["components"]["schemas"]
    assert {"Task", "Project", "Dataset", "Job", "Problem"} <= set(schemas)


def test_etags_are_told_and_kept(podium, api):
    project = api.project("etag")
    for _, path, method, operation in operations(podium):
        if path == "/api/v1/projects/{id}" and method == "get":
            assert "304" in operation["responses"]
    url = f"{podium.url}/api/v1/projects/{project}"
    tag = requests.get(url, timeout=30).headers["ETag"]
    assert requests.get(url, headers={"If-None-Match": tag}, timeout=30).status_code == 304
    answer = requests.patch(url, json={"description": "x"}, headers={"If-Match": '"0"'}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_undeclared_parameters_are_refused_by_name(podium):
    answer = requests.get(f"{podium.url}/api/v1/tasks/x?colour=red", timeout=30)
    assert (answer.status_code, answer.json()["field"]) == (400, "colour")
