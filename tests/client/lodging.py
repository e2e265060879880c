"""A declaration that a platform has lodged, and the desks of those whom it concerns."""

import pytest

from ledger.desk import Desk
from ledger.domain.wire import DeclarationId
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import Team


@pytest.fixture
def case() -> Case:
    return Case(declarant=PLATFORM_EORI)


@pytest.fixture
def platform(team: Team) -> Desk:
    return team.desk("platform")


@pytest.fixture
def customs(team: Team) -> Desk:
    return team.desk("customs-fr")


@pytest.fixture
def express(team: Team) -> Desk:
    return team.desk("express")


@pytest.fixture
def lodged(team: Team, platform: Desk, case: Case) -> DeclarationId:
    return team.recorded(platform.declare(message(case.declaration()))).declaration
