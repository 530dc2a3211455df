"""Pages about changes of certificates and about metadata, each as somebody who signs in for it."""

from collections.abc import Callable

from playwright.sync_api import Page

from broker.metadata.rollover.model import Plan
from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_inviting import INVITING_STATES
from tests.portals.changing import DAY, make_keys, make_plan

CODE = "oces3-2027"
OWN = ("confirm", "try", "early", "late", "back", "follow", "own", "contacts")
WHOLE = ("live", "announce", "move", "cancel", "back", "resume", "retire")
ONE = f"operator/switching/plans/{CODE}/partners/dpsd"


def planned(gallery: Gallery) -> Plan:
    """A change of certificates, far from now; made where there is none."""
    services = gallery.demo.services
    if not services.registry.current().rollovers.plans:
        make_keys(gallery.demo, "oces3")
        make_plan(gallery.demo, CODE, "oces3", switch=services.clock() + 200 * DAY)
    return services.registry.current().rollovers.plans[0]


def switching_states(as_person: Callable[[str, str], Show]) -> dict[str, Show]:
    """Every page by its name."""

    def meanwhile(key: str, path: str) -> Show:
        def show(page: Page, gallery: Gallery) -> None:
            planned(gallery)
            as_person(key, path)(page, gallery)

        return show

    service, board = "service/certificates", "operator/switching"
    plan, metadata = f"{board}/plans/{CODE}", "operator/metadata"
    owner = {
        "certificates": service,
        "certificate": f"{service}/dpsd",
        "numbers": "service/numbers/dpsd",
        "team": "service/team/dpsd",
        "team-give": "service/team/dpsd/give?q=a",
        "team-invite": "service/team/dpsd/invite",
        **{f"certificate-{what}": f"{service}/dpsd/{what}" for what in OWN},
    }
    operator = {
        "switching": board,
        "switching-new": f"{board}/new",
        "switching-key": f"{board}/compromised",
        "switching-plan": plan,
        **{f"switching-{what}": f"{plan}/{what}" for what in WHOLE},
        "switching-one": ONE,
        "switching-except": f"{ONE}/except",
        "switching-one-back": f"{ONE}/back",
        "metadata": metadata,
        "metadata-sources": f"{metadata}/sources",
        "metadata-history": f"{metadata}/partners/dpsd",
        "metadata-withdraw": f"{metadata}/partners/dpsd/withdraw",
    }
    return {
        **INVITING_STATES,
        **{f"portal-service-{name}": meanwhile("merete", path) for name, path in owner.items()},
        **{f"portal-operator-{name}": meanwhile("ravn", path) for name, path in operator.items()},
    }
