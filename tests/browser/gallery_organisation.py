"""The pages of an organisation's portal, each with something on it to look at."""

from collections.abc import Callable, Mapping
from uuid import UUID

from playwright.sync_api import Page

from broker.clock import system_clock
from broker.demo.federation import DemoFederation
from broker.roles.grants.facts import Scope
from broker.roles.requests.model import Request
from tests.box import Moved
from tests.browser.gallery import Gallery, Show
from tests.portals.org.backstage import TOP, WARD, Backstage
from tests.portals.visiting import House

SignIn = Callable[[Page, DemoFederation, str, str], None]
Path = Callable[[Backstage], str]
_ALL = Scope("sor", "value", TOP, with_descendants=True)


def organisation_states(sign_in: SignIn) -> Mapping[str, Show]:
    """Every page of it, as the administrator Bodil."""

    def at(path: Path | str, *, press: str = "") -> Show:
        def show(page: Page, gallery: Gallery) -> None:
            stage = Backstage(House(gallery.demo, Moved(system_clock())))
            _furnish(stage)
            sign_in(page, gallery.demo, "bodil", path if isinstance(path, str) else path(stage))
            if press:
                page.locator("main textarea[name='reason']").fill("Ny i afdelingen")
                page.locator(f"main {press}").first.click()
                page.wait_for_load_state()

        return show

    button = "form[method='post'] button[type='submit']"
    return {
        "portal-org": at("org/"),
        "portal-org-requests": at("org/requests"),
        "portal-org-request": at(lambda s: f"org/requests/{_asked(s).id}"),
        "portal-org-request-narrow": at(lambda s: f"org/requests/{_asked(s).id}/narrow"),
        "portal-org-request-refuse": at(lambda s: f"org/requests/{_asked(s).id}/refuse"),
        "portal-org-request-ask": at(lambda s: f"org/requests/{_asked(s).id}/ask"),
        "portal-org-request-forward": at(lambda s: f"org/requests/{_asked(s).id}/forward"),
        "portal-org-people": at("org/people"),
        "portal-org-nobody": at("org/people?q=findes+ikke"),
        "portal-org-person": at(lambda s: f"org/people/{s.account('hanne')}"),
        "portal-org-oneself": at(lambda s: f"org/people/{s.account('bodil')}"),
        "portal-org-add": at("org/people/add"),
        "portal-org-add-faults": at("org/people/add", press=button),
        "portal-org-code": at(lambda s: f"org/people/{_pending(s)}/code", press=button),
        "portal-org-invite": at(lambda s: f"org/people/{_pending(s)}/code"),
        "portal-org-change": at(lambda s: f"org/people/{s.account('hanne')}/change"),
        "portal-org-move": at(lambda s: f"org/people/{s.account('hanne')}/move"),
        "portal-org-move-look": at(lambda s: f"org/people/{s.account('hanne')}/move", press=button),
        "portal-org-leave": at(lambda s: f"org/people/{s.account('hanne')}/leave"),
        "portal-org-back": at(lambda s: f"org/people/{s.account('hanne')}/back"),
        "portal-org-merge": at(lambda s: f"org/people/{s.account('hanne')}/merge?q=e"),
        "portal-org-merge-two": at(
            lambda s: f"org/people/{s.account('hanne')}/merge/{s.account('freja')}"
        ),
        "portal-org-give": at(lambda s: f"org/people/{s.account('viggo')}/give"),
        "portal-org-give-where": at(
            lambda s: f"{_giving(s)}?in=sor%3D{TOP}&picked=1&scope=sor%3D{WARD}%2B&q_sor=egely"
        ),
        "portal-org-give-terms": at(lambda s: f"{_giving(s)}/terms?scope=sor%3D{WARD}%2B"),
        "portal-org-give-look": at(
            lambda s: f"{_giving(s)}/terms?scope=sor%3D{WARD}%2B", press=button
        ),
        "portal-org-grant-end": at(lambda s: f"org/grants/{_grant(s)}/end"),
        "portal-org-grant-narrow": at(lambda s: f"org/grants/{_grant(s)}/narrow"),
        "portal-org-grant-narrowed": at(
            lambda s: f"org/grants/{_grant(s)}/narrow/why?scope=sor%3D{WARD}%2B"
        ),
        "portal-org-grant-revoke": at(lambda s: f"org/grants/{_grant(s)}/revoke"),
        "portal-org-copy": at(lambda s: f"org/people/{s.account('viggo')}/copy"),
        "portal-org-copy-from": at(
            lambda s: f"org/people/{s.account('viggo')}/copy/{s.account('hanne')}"
        ),
        "portal-org-package": at(lambda s: f"org/people/{s.account('viggo')}/package"),
        "portal-org-groups": at("org/groups"),
        "portal-org-group": at(lambda s: f"org/groups/{_group(s)}"),
        "portal-org-group-new": at("org/groups/new"),
        "portal-org-group-find": at(lambda s: f"org/groups/{_group(s)}/members"),
        "portal-org-group-join": at(
            lambda s: f"org/groups/{_group(s)}/members/{s.account('freja')}"
        ),
        "portal-org-group-out": at(
            lambda s: f"org/groups/{_group(s)}/members/{s.account('mette')}/out"
        ),
        "portal-org-group-rename": at(lambda s: f"org/groups/{_group(s)}/name"),
        "portal-org-group-give": at(lambda s: f"org/groups/{_group(s)}/give"),
        "portal-org-group-give-where": at(_group_giving),
        "portal-org-group-give-terms": at(
            lambda s: f"{_group_giving(s)}/terms?scope=sor%3D{WARD}%2B"
        ),
        "portal-org-package-change": at(lambda s: f"org/packages/{s.bundle('Ny i plejen')}"),
        "portal-org-packages": at("org/packages"),
        "portal-org-package-new": at("org/packages/new"),
        "portal-org-expiring": at("org/expiring?days=90"),
        "portal-org-access": at("org/access?service=dpsd"),
        "portal-org-access-empty": at("org/access"),
    }


def _furnish(stage: Backstage) -> None:
    """Something in every list, once for each demo."""
    home = stage.organisation()
    if stage.groups(home.id):
        return
    bodil, hanne = stage.account("bodil"), stage.account("hanne")
    soon = stage.days(20)
    stage.give(bodil, hanne, "dpsd/Sagsbehandler", (_ALL,), soon)
    stage.give(bodil, hanne, "dpsd/Laeser", (Scope("sor", "own_unit_tree"),))
    stage.ask(hanne, "dpsd/Risikomanager", (_ALL,))
    stage.ask(stage.account("viggo"), "esundhed-sor/Laeser", (_ALL,))
    group = stage.make_group(bodil, "Natholdet", [stage.account("mette"), hanne])
    stage.give_group(bodil, group, "plov/Plejehjemsredaktoer")
    stage.make_bundle(bodil, "Ny i plejen", ["dpsd/Laeser", "plov/Plejehjemsredaktoer"])
    stage.add(bodil, "Nikolaj Brink Tagholm")


def _asked(stage: Backstage) -> Request:
    hanne = stage.account("hanne")
    return next(one for one in stage.open_requests() if one.subject == hanne)


def _pending(stage: Backstage) -> UUID:
    return stage.account("Nikolaj Brink Tagholm")


def _giving(stage: Backstage) -> str:
    return f"org/people/{stage.account('viggo')}/give/{stage.role('dpsd/Laeser')}"


def _grant(stage: Backstage) -> UUID:
    role = stage.role("dpsd/Sagsbehandler")
    return next(one.id for one in stage.living(stage.account("hanne")) if one.role == role)


def _group_giving(stage: Backstage) -> str:
    return f"org/groups/{_group(stage)}/give/{stage.role('dpsd/Laeser')}"


def _group(stage: Backstage) -> UUID:
    return stage.groups(stage.organisation().id)[0]
