"""Every route with whatever the published OpenAPI allows, and with what it does not: no answer is a 500."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from tests.web.conftest import Site

EXAMPLES = 12  # of each route; a longer run is a matter of patience


def test_no_route_breaks(site: Site) -> None:
    import schemathesis

    client = site.client("administrator")
    schema: Any = schemathesis.openapi.from_dict(site.app.openapi())
    routes = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in ("/sign-out", "/sign-in"):
            continue
        routes += 1
        _try(site, operation.as_strategy(), dict(client.headers), dict(client.cookies))
    assert routes > 20


def _try(site: Site, cases: Any, headers: dict[str, str], cookies: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(case=cases)
    def call(case: Any) -> None:
        answer = case.call(base_url=site.url, headers={"x-csrf-token": headers["x-csrf-token"]}, cookies=cookies)
        assert answer.status_code < 500, (case.method, case.formatted_path, case.body, answer.text)

    call()
