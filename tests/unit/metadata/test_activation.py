"""An identity provider is open for a service from and until an instant, and never by a job."""

from datetime import timedelta

import pytest

from broker.audit.events import ActivationChanged
from broker.errors import Unknown
from broker.metadata.defaults import LoadOptions
from tests.factories import NOW
from tests.metadata_factory import Idp, Sp
from tests.unit.metadata.installation import OCCASION, Installation


def test_an_activation_has_a_beginning_and_an_end(installation: Installation) -> None:
    installation.one(Idp().xml())
    installation.one(Sp().xml(), LoadOptions(code="dpsd"))
    opens, closes = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    installation.service.activate(
        "sundhed", "dpsd", "idp-example-dk", opens=opens, closes=closes, occasion=OCCASION
    )
    registry = installation.registry
    service = registry.service_by_code("sundhed", "dpsd")
    open_at = [
        bool(registry.active_idps(service, at))
        for at in (NOW, opens, closes - timedelta(seconds=1), closes)
    ]
    assert open_at == [False, True, True, False]
    told = installation.audit.events[-1]
    assert isinstance(told, ActivationChanged)
    assert (told.service, told.idp, told.opens) == ("dpsd", "idp-example-dk", opens.isoformat())


def test_activating_again_replaces_the_dates(installation: Installation) -> None:
    installation.one(Idp().xml())
    installation.one(Sp().xml(), LoadOptions(code="dpsd", idps=("all",)))
    installation.service.activate(
        "sundhed", "dpsd", "idp-example-dk", opens=None, closes=NOW, occasion=OCCASION
    )
    registry = installation.registry
    assert registry.active_idps(registry.service_by_code("sundhed", "dpsd"), NOW) == ()


@pytest.mark.parametrize(("service", "idp"), [("nobody", "idp-example-dk"), ("dpsd", "nobody")])
def test_activating_what_is_not_there_names_what_is(
    installation: Installation, service: str, idp: str
) -> None:
    installation.one(Idp().xml())
    installation.one(Sp().xml(), LoadOptions(code="dpsd"))
    with pytest.raises(Unknown) as unknown:
        installation.service.activate(
            "sundhed", service, idp, opens=None, closes=None, occasion=OCCASION
        )
    assert "nobody" in unknown.value.detail
    assert "dpsd" in unknown.value.detail or "idp-example-dk" in unknown.value.detail
