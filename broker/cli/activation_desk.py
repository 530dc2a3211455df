"""What the commands of `broker activation` do at one installation, and how they tell of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click

from broker.audit.store import AuditStore
from broker.cli.activation_options import Meant
from broker.cli.context import occasion_of, service_of, settings_of
from broker.cli.loading import Loader
from broker.cli.printing import print_table, safe
from broker.clock import system_clock
from broker.db import Engine
from broker.metadata.activating import ActivationService
from broker.metadata.activations import Offer
from broker.metadata.defaults import LoadOptions
from broker.metadata.model import Localised, Service
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.waves import Edit, Wave, What

_DONE: dict[What, str] = {
    "plan": "is planned",
    "approve": "is approved",
    "open": "is open",
    "trial": "is open for test users",
    "pause": "is paused",
    "resume": "goes on",
    "close": "closes",
}


@dataclass(frozen=True, slots=True)
class ActivationDesk:
    """The activations of one federation."""

    engine: Engine
    origin: str
    federation: str
    now: datetime

    @staticmethod
    def here(federation: str | None) -> "ActivationDesk":
        """Of this environment's installation, now."""
        settings = settings_of()
        service = service_of(settings)
        home = federation or Loader(service, None, LoadOptions(), occasion_of("")).first()
        return ActivationDesk(service.engine, settings.origin, home, system_clock())

    @property
    def service(self) -> ActivationService:
        """What decides."""
        return ActivationService(self.engine, self.origin, AuditStore())

    @property
    def registry(self) -> Registry:
        """Who is in the federation now."""
        return RegistryCache(self.engine, self.origin).current()

    def decide(self, idp: str, meant: Meant, what: What, edit: Edit) -> None:
        """Do it, and say for which services, what holds there now and what comes next."""
        wave = Wave(self.federation, idp, meant.services, meant.but, meant.signed)
        outcomes = self.service.carry_out(wave, what, edit, occasion_of(meant.reason))
        codes = [outcome.code for outcome in outcomes]
        rows = [
            (service, offer)
            for service, offer in self.offers(None, idp, self.now)
            if service.code in codes
        ]
        if meant.as_json:
            facts = [facts_of(service, offer) for service, offer in rows]
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
            return
        click.echo(f"{idp} {_DONE[what]} for {len(codes)} services: {', '.join(codes)}.")
        waiting = [outcome.code for outcome in outcomes if outcome.state == "waiting"]
        if waiting:
            click.echo(f"It counts once their metadata is loaded: {', '.join(waiting)}.")
        _print_states(rows)
        self._next(idp, what, rows)

    def print_states(
        self, service: str | None, idp: str | None, at: datetime, *, as_json: bool
    ) -> None:
        """The state of each relevant IdP at each service."""
        rows = list(self.offers(service, idp, at))
        if as_json:
            facts = [facts_of(one, offer) for one, offer in rows]
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        elif rows:
            _print_states(rows)
        else:
            click.echo("No IdP is relevant then. Next: broker activation plan IDP --all --from …")

    def print_history(self, service: str | None, idp: str | None, *, as_json: bool) -> None:
        """Every decision, the newest first."""
        kept = self.service.history(self.federation, service, idp)
        if as_json:
            facts = [
                {
                    "at": one.at.isoformat(),
                    "service": one.service,
                    "idp": one.idp,
                    "by": one.by,
                    "reason": one.reason,
                    "source": one.source,
                    "case_no": one.case_no,
                    "decided": one.document,
                }
                for one in kept
            ]
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
            return
        if not kept:
            click.echo("Nothing has been decided yet.")
            return
        print_table(
            ("at", "service", "IdP", "by", "case", "why", "decided"),
            [
                (
                    f"{one.at:%Y-%m-%d %H:%M}",
                    one.service,
                    one.idp,
                    one.by,
                    one.case_no or "",
                    one.reason,
                    json.dumps(one.document, ensure_ascii=False) if one.document else "removed",
                )
                for one in kept
            ],
        )

    def offers(
        self, service: str | None, idp: str | None, at: datetime
    ) -> Iterator[tuple[Service, Offer]]:
        """Each service with each IdP that is relevant to it. Raises Unknown for one not there."""
        registry = self.registry
        registry.federation(self.federation)
        if idp is not None:
            registry.idp_by_code(self.federation, idp)
        known = registry.services(self.federation)
        if service is not None:
            known = (registry.service_by_code(self.federation, service),)
        for one in known:
            for offer in registry.offers(one, at):
                if idp in (None, offer.idp.code):
                    yield one, offer

    def _next(self, idp: str, what: What, rows: list[tuple[Service, Offer]]) -> None:
        entries = [offer.activation for _, offer in rows]
        unapproved = [
            one for one in entries if not (one.approved_by_owner and one.approved_by_operator)
        ]
        if what in ("plan", "open") and unapproved:
            click.secho("Nobody has approved it for both owner and operator yet.", fg="yellow")
            click.echo(f"Next: broker activation approve {idp} … --approved-by-owner NAME")
        elif what != "approve":
            click.echo(f"Next: broker activation announce {idp}")


def facts_of(service: Service, offer: Offer) -> dict[str, object]:
    """One activation as plain data."""
    entry = offer.activation
    return {
        "service": service.code,
        "idp": offer.idp.code,
        "state": offer.state,
        "date": _text(offer.date),
        "reason": _both(offer.reason),
        "opens": _text(entry.opens),
        "closes": _text(entry.closes),
        "visible_from": _text(entry.visible_from),
        "test_users": len(entry.trial.users) if entry.trial else 0,
        "requested_by": entry.requested_by,
        "approved_by_owner": entry.approved_by_owner,
        "approved_by_operator": entry.approved_by_operator,
        "case_no": entry.case_no,
    }


def _print_states(rows: list[tuple[Service, Offer]]) -> None:
    print_table(
        ("service", "IdP", "state", "date", "approved by", "case", "reason"),
        [
            (
                service.code,
                offer.idp.code,
                offer.state,
                f"{offer.date:%Y-%m-%d %H:%M} UTC" if offer.date else "",
                " and ".join(
                    name
                    for name in (
                        offer.activation.approved_by_owner,
                        offer.activation.approved_by_operator,
                    )
                    if name
                ),
                offer.activation.case_no or "",
                safe(offer.reason.en) if offer.reason else "",
            )
            for service, offer in rows
        ],
    )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _both(words: Localised | None) -> dict[str, str] | None:
    return {"da": words.da, "en": words.en} if words else None
