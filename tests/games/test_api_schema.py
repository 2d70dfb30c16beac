"""The HTTP API against its own description: what it allows, what it does not, and the things of others, by two people.

Schemathesis reads `/api/openapi.json` and asks a real server; every answer must be one that the description names, in
the shape that it says, and never a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from games.api import api
from gameserver import urls  # adds the endpoints of the apps above
from tests import servers
from tests.games.wire import Guest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# A shared machine's disk and a database that is asked by all at once: time is not what is asked here.
RELAXED = settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    with servers.madang({"MADANG_GUESTS_PER_MINUTE": "10000"}) as running:
        yield running


@pytest.fixture(scope="module")
def known(server: servers.MadangServer) -> dict[str, str]:
    """Things that exist and are another's, by the name of the parameter that asks for them."""
    owner = Guest(server)
    match = owner.post("matches", {"game": "battleship", "listed": False})["id"]
    return {"public_id": match, "match": match, "match_id": match, "game": "connect-four"}


assert urls.urlpatterns
OPERATIONS = [one.ok() for one in schemathesis.openapi.from_dict(dict(api.get_openapi_schema())).get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_answer_is_one_that_the_description_names(
    operation: Any, server: servers.MadangServer, known: dict[str, str]
) -> None:
    @RELAXED
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        # A fresh one for each case, who has used up no limit.
        ours = {"Authorization": f"Bearer {Guest(server).key}"}
        case.call_and_validate(base_url=server.url, headers=ours, checks=CHECKS)
        case.call_and_validate(base_url=server.url, headers={"Authorization": "Bearer nobody"}, checks=CHECKS)
        for name in set(case.path_parameters or ()) & set(known):
            case.path_parameters[name] = known[name]
            case.call_and_validate(base_url=server.url, headers=ours, checks=CHECKS)

    ask()
