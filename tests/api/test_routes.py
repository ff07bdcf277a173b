"""Every route held to the document with generated requests."""
import os
import re

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (content_type_conformance, negative_data_rejection,
                                               response_headers_conformance, response_schema_conformance,
                                               status_code_conformance)

EXAMPLES = int(os.environ.get("PODIUM_API_EXAMPLES", "15"))
CONFORMANCE = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
               response_schema_conformance]


@pytest.fixture(scope="session")
def document(podium):
    return schemathesis.openapi.from_url(f"{podium.url}/api/v1/openapi.json")


@pytest.fixture(scope="session")
def known(api):
    """Ids that are there, by the first segment of a path."""
    project = api.project("generated")
    task = api.task(project, name="t", params={"lr": "0.1"}, tags={"a": "b"})
    api.log(task, "loss", range(20))
    return {"projects": project, "tasks": task, "project": project, "metric": "loss"}


def revive(case, known):
    """The same request about records that are there."""
    if not isinstance(case.path_parameters, dict):
        return False
    parent = re.match(r"/api/v1/(\w+)", case.path).group(1)
    changed = False
    if "id" in case.path_parameters and parent in known:
        case.path_parameters["id"] = known[parent]
        changed = True
    if "key" in case.path_parameters:
        case.path_parameters["key"] = known["metric"]
    if isinstance(case.body, dict) and "project" in case.body:
        case.body["project"] = known["project"]
        changed = True
    return changed


def hold(operation, known):
    """Sends generated requests to one operation; the first answer that the document does not know is raised."""
    @hypothesis.settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
                         suppress_health_check=list(hypothesis.HealthCheck),
                         phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    @hypothesis.given(case=hypothesis.strategies.one_of(
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)))
    def run(case):
        if case.path == "/api/v1/events" and isinstance(case.query, dict):
            case.query["wait"] = "0"  # nobody changes anything meanwhile
        response = case.call(timeout=60)
        case.validate_response(response, checks=[*CONFORMANCE, negative_data_rejection])
        if revive(case, known):
            case.validate_response(case.call(timeout=60), checks=CONFORMANCE)

    run()


def test_every_route(document, known, subtests):
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:
        with subtests.test(operation.label):
            hold(operation, known)
