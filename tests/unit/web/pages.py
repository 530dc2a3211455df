"""Every template with a context such as its view gives it, and an application to render it in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from flask import Flask, Response

from broker.login.outcome import Option
from broker.metadata.activation import Pause
from broker.metadata.activations import Offer
from broker.metadata.documents import Table
from broker.metadata.model import (
    Activation,
    ConnectedIdp,
    Contact,
    Federation,
    IdentityProvider,
    Localised,
    Service,
    ServiceProvider,
    SessionLimits,
)
from broker.metadata.speech import read_idp_speech, read_speech
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.settings import read_settings
from broker.web.render import page
from broker.web.setup import install
from broker.web.texts import explain
from tests.factories import NOW

ORIGIN = "https://broker.example.dk"
DPSD = Localised("Dansk Patientsikkerhedsdatabase", "Danish Patient Safety Database")
CONTACT = Contact(
    "Servicedesk",
    "desk@example.dk",
    "+45 70 00 00 00",
    Localised("Hverdage 8–16", "Weekdays 8–16"),
)


def federation(path: str = "sundhed", ribbon: Localised | None = None) -> Federation:
    base = f"{ORIGIN}/{path}/saml"
    more = ", test" if ribbon else ""
    name = Localised(f"Sundhedsvæsenets fælles login{more}", f"Shared login for health care{more}")
    return Federation(
        path=path,
        code="sundhed",
        environment=path,
        name=name,
        origin=ORIGIN,
        idp_entity_id=f"{base}/idp",
        sp_entity_id=f"{base}/sp",
        identity_type=names.PROFESSIONAL,
        ribbon=ribbon,
        contact=CONTACT,
        session=SessionLimits(timedelta(hours=1), timedelta(hours=8)),
    )


def service(code: str, name: Localised, path: str = "sundhed") -> Service:
    return Service(
        row=1,
        code=code,
        federation=path,
        name=name,
        owner="Styrelsen for Patientsikkerhed",
        group=code,
        start_url=f"https://{code}.example.dk/start",
        minimum=Assurance.SUBSTANTIAL,
        activations=(Activation("nemlogin"),),
        require_signed_requests=True,
        plaintext=False,
        require_role=True,
        unsolicited=False,
        session_max=None,
        speech=read_speech(Table("service", {})),
        sp=ServiceProvider(f"https://{code}.example.dk", (), (), (), (), True, True, (), None),
    )


def idp(code: str, name: str) -> ConnectedIdp:
    return ConnectedIdp(
        row=1,
        code=code,
        federation="sundhed",
        name=Localised(name, name),
        maximum=Assurance.HIGH,
        cvrs=None,
        identity_types=frozenset(),
        encrypted=True,
        nist=None,
        allow_cbc=False,
        bearer_not_before=True,
        skew=180,
        conditions_lifetime=600,
        speech=read_idp_speech(Table("idp", {})),
        idp=IdentityProvider(f"https://{code}.example.dk", (), (), (), True, (), None),
    )


@dataclass(frozen=True)
class Case:
    """One state of one template."""

    template: str
    name: str
    context: dict[str, object] = field(default_factory=dict)
    status: int = 200
    form_targets: bool = False


PRODUCTION = federation()
TEST = federation("sundhed-test", Localised("Testmiljø", "Test environment"))
SERVICE = service("dpsd", DPSD)
IDPS = (idp("nemlogin", "NemLog-in"), idp("region-nordjylland", "Region Nordjylland"))
FIELDS = (("SAMLResponse", "PHg+"), ("RelayState", '"><b>'))
IDP_SITE = SimpleNamespace(name="NemLog-in", tone="blue")


def error(code: str, **more: object) -> dict[str, object]:
    shown: dict[str, object] = {
        "explanation": explain(code),
        "code": code,
        "reference": "7KQ2-9F4M-XTRC",
        "federation": PRODUCTION,
    }
    return shown | more


WHY = Localised("Regionens login er nede.", "The region's login is down.")
PAUSED = Offer(
    IDPS[0],
    Activation(
        IDPS[0].code,
        pause=Pause(
            datetime(2027, 4, 24, 4, tzinfo=UTC), datetime(2027, 4, 24, 10, tzinfo=UTC), WHY
        ),
    ),
    "paused",
)
BACK = {"target": "https://dpsd.example.dk/acs", "fields": FIELDS}
RETRY = f"{ORIGIN}/sundhed/saml/discovery?flow=abc"
ORGANISATIONS: dict[str, object] = {
    "federation": PRODUCTION,
    "service": SERVICE,
    "idp": IDPS[0],
    "options": (
        Option(UUID(int=1), "Region Eksempel", "Afdeling Ø, Ærø Sygehus", "90000004"),
        Option(UUID(int=2), "Klinikken i Nr. Ørum", None, "90000098 U2"),
    ),
    "flow_id": "abc",
    "action": f"{ORIGIN}/sundhed/saml/organisation",
}
SERVICES = (SERVICE, service("fmk", Localised("FMK-Online", "FMK-Online")))

CASES = (
    Case(
        "home.html",
        "home",
        {
            "federations": (PRODUCTION, TEST),
            "services": SERVICES,
            "counts": {PRODUCTION.path: len(SERVICES), TEST.path: 0},
        },
    ),
    Case(
        "home.html",
        "home-many",
        {"federations": (PRODUCTION,), "services": (), "counts": {PRODUCTION.path: 10_000}},
    ),
    Case("home.html", "home-empty", {"federations": (), "services": (), "counts": {}}),
    Case("saml/organisation.html", "organisation", ORGANISATIONS, form_targets=True),
    *(
        Case(
            "saml/rehearsal.html",
            f"rehearsal-{state}",
            {
                "federation": PRODUCTION,
                "state": state,
                "service": SERVICE,
                "switch_at": datetime(2027, 4, 24, 4, tzinfo=UTC),
                "minutes": 15,
            },
            form_targets=True,
        )
        for state in ("offered", "trying", "none", "over")
    ),
    Case(
        "saml/post.html",
        "post",
        {"target": "https://dpsd.example.dk/acs", "fields": FIELDS, "service_name": DPSD},
        form_targets=True,
    ),
    Case("saml/post.html", "post-unnamed", {"target": "https://x.example.dk", "fields": ()}),
    Case("saml/post.html", "post-demo", {"target": "/acs", "fields": FIELDS, "site": IDP_SITE}),
    Case(
        "saml/error.html",
        "error-retry",
        error("idp.cancelled", service_name=DPSD, back=BACK, retry=RETRY),
        403,
        form_targets=True,
    ),
    Case(
        "saml/error.html",
        "error-paused",
        error("policy.idp_paused", service_name=DPSD, back=BACK, retry=RETRY, offer=PAUSED),
        403,
        form_targets=True,
    ),
    Case(
        "saml/error.html",
        "error-organisation",
        error("policy.no_role", service_name=DPSD, back=BACK, retry=RETRY, organisation=RETRY),
        403,
        form_targets=True,
    ),
    Case(
        "saml/error.html",
        "error-elsewhere",
        error(
            "policy.no_role",
            service_name=DPSD,
            back=BACK,
            retry=RETRY,
            retry_first=False,
            came_by=IDPS[1].name,
            better={
                "name": IDPS[0].name,
                "action": f"{ORIGIN}/sundhed/saml/discovery",
                "fields": (("flow", "abc.1"), ("idp", "nemlogin")),
            },
        ),
        403,
        form_targets=True,
    ),
    Case(
        "saml/error.html",
        "error-several",
        error("policy.no_role", service_name=DPSD, back=BACK, several=True),
        403,
        form_targets=True,
    ),
    Case(
        "saml/error.html",
        "error-back",
        error("policy.no_role", service_name=DPSD, back={"href": SERVICE.start_url}),
        403,
    ),
    Case("saml/error.html", "error-bare", error("web.not_found", federation=None), 404),
)


def application(origin: str = ORIGIN, cases: tuple[Case, ...] = CASES) -> Flask:
    """An application with every case at /<name>, by GET and by POST."""
    app = Flask("broker", static_folder=None, template_folder=None)
    install(app, read_settings({"BROKER_ORIGIN": origin}), clock=lambda: NOW)

    def show(name: str) -> Response:
        case = next(case for case in cases if case.name == name)
        return page(
            case.template, case.status, form_targets=case.form_targets, context=case.context
        )

    app.add_url_rule("/show/<name>", "show", show, methods=["GET", "POST"])
    return app
