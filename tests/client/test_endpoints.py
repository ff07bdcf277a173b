"""compat/mlflow/README.md says of every endpoint of MLflow's server what podium does there, and says it truly."""
import endpoints
import requests


def test_the_table_in_the_readme_is_up_to_date(podium):
    wanted = endpoints.readme_with(endpoints.table(podium.url))
    assert endpoints.README.read_text() == wanted, "the table is stale: run tests/client/endpoints.py"


def test_what_is_not_done_looks_like_an_older_server(podium):
    """Clients fall back on a 404 that has no error_code; the table's promise for all that is not done."""
    served = {endpoints.shape(*route) for route in endpoints.podium_routes(podium.url)}
    asked = 0
    for endpoint in endpoints.mlflow_endpoints():
        for path in endpoint.spellings:
            if endpoints.shape(endpoint.method, path) in served or path == "/":
                continue
            path = path.replace("{", "").replace("}", "").replace("*", "")
            answer = requests.request(endpoint.method, podium.url + path, json={}, timeout=30)
            # 405 where another method of the same path, or a longer parameter, is answered.
            assert answer.status_code in (404, 405), (endpoint.method, path, answer.status_code, answer.text[:200])
            assert "error_code" not in answer.text, (endpoint.method, path, answer.text[:200])
            asked += 1
    assert asked > 100
