"""Pages about changes of certificates and about metadata, each as somebody who signs in for it."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_inviting import INVITING_STATES
from tests.portals.changing import DAY, make_keys, make_plan

CODE = "oces3-2027"
OWN = ("confirm", "try", "early", "late", "back", "follow", "own", "contacts")
WHOLE = ("live", "announce", "move", "cancel", "back", "resume", "retire")
ONE = f"operator/switching/plans/{CODE}/partners/dpsd"


def switching_states(as_person: Callable[[str, str], Show]) -> dict[str, Show]:
    """Every page by its name."""

    def planned(key: str, path: str) -> Show:
        """One is planned, far from now, where none is."""

        def show(page: Page, gallery: Gallery) -> None:
            services = gallery.demo.services
            if not services.registry.current().rollovers.plans:
                make_keys(gallery.demo, "oces3")
                switch = services.clock() + 200 * DAY
                make_plan(gallery.demo, CODE, "oces3", switch=switch)
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
        **{f"portal-service-{name}": planned("merete", path) for name, path in owner.items()},
        **{f"portal-operator-{name}": planned("ravn", path) for name, path in operator.items()},
    }
