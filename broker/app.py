"""create_app(): the one list of everything that is mounted."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from broker.bootstrap import build
from broker.clock import Clock, system_clock
from broker.discovery import views as discovery_views
from broker.discovery.networks import network_of
from broker.guides import views as guide_views
from broker.login import views as login_views
from broker.login.state import Observer
from broker.logout import views as logout_views
from broker.metadata import views as metadata_views
from broker.metadata.registry import RegistryCache
from broker.portals import views as portal_views
from broker.portals.applicant import views as applicant_views
from broker.portals.employee import views as employee_views
from broker.portals.operator import views as operator_views
from broker.portals.organisation import views as organisation_views
from broker.portals.owner import views as owner_views
from broker.portals.vendor import views as vendor_views
from broker.rehearsal import views as rehearsal_views
from broker.settings import Settings
from broker.trials import views as trial_views
from broker.web.limiting import Exempt, Limiter, install_limits
from broker.web.setup import install

# The portals' sections in the order of their navigation; each is `section(office)` of its views.
SECTIONS: tuple[portal_views.MakeSection, ...] = (
    employee_views.section,
    organisation_views.section,
    owner_views.section,
    operator_views.section,
    applicant_views.section,
    vendor_views.section,
)

# Neither counted nor refused for how often: files, and the servers of partners (R17).
SPARED = frozenset({"static", "logout.soap_of_services", "logout.soap_of_idps"})


_Function = TypeVar("_Function", bound=Callable[..., object])


class _Application(Flask):
    """Flask, whose views here are never coroutines: it looks at each function of each request."""

    def ensure_sync(self, func: _Function) -> _Function:
        """The function as it is."""
        return func


def create_app(
    settings: Settings, *, clock: Clock = system_clock, observe: Observer | None = None
) -> Flask:
    """One node as a WSGI application. Raises Unavailable when it cannot start safely."""
    services = build(settings, clock=clock, observe=observe)
    app = _Application("broker", static_folder=None, template_folder=None)
    install(app, settings, clock=clock)
    limiter = Limiter(_registered(services.registry))
    install_limits(app, limiter, SPARED, lambda: services.flow.recorder.waits(clock()))
    app.register_blueprint(login_views.blueprint(services.flow))
    app.register_blueprint(discovery_views.blueprint(services.registry, services.desk, clock))
    app.register_blueprint(logout_views.blueprint(services.logout))
    app.register_blueprint(guide_views.blueprint(services.registry))
    trying = rehearsal_views.blueprint(services.registry, services.flow.keys.rehearsals, clock)
    app.register_blueprint(trying)
    app.register_blueprint(
        metadata_views.blueprint(
            services.registry, services.publisher, clock, services.tokens, services.fetches
        )
    )
    app.register_blueprint(
        trial_views.blueprint(
            services.registry,
            services.flow.keys.keyrings,
            settings.keys,
            services.engine,
            services.flow.closing.trials,
            clock,
        )
    )
    portal_views.mount(app, services.portals, SECTIONS)
    app.extensions["broker"] = services
    return app


def _registered(registry: RegistryCache) -> Exempt:
    """Whether an address is of a network that a federation's document names, as last read."""

    def held(address: str) -> bool:
        known = registry.known
        return known is not None and any(network_of(f, address) for f in known.federations)

    return held
