"""What the browser must do next: the only things a flow ever answers to its views."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.discovery.listing import Listing
from broker.login.sp_response import Answer
from broker.metadata.activations import Offer
from broker.metadata.model import ConnectedIdp, Federation, Localised, Service

Cookies = tuple[tuple[str, str | None], ...]  # a value to set, or None to delete


@dataclass(frozen=True, slots=True)
class GoTo:
    """Redirect the browser (303) to an IdP, or to a page of ours."""

    url: str
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class PostTo:
    """Post a request of ours to an IdP that takes no redirects."""

    federation: Federation
    idp: ConnectedIdp
    target: str
    fields: tuple[tuple[str, str], ...]
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Why the discovery page is shown although a login was asked for by a link or by memory."""

    what: Literal["unknown", "inactive", "failed"]
    name: Localised | None = None
    reason: Localised | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """Show the discovery page."""

    federation: Federation
    service: Service
    listing: Listing
    flow: str
    told: Told | None
    tick: bool  # whether a choice may be remembered
    ticked: bool
    at: datetime
    again: bool = False  # another login than the one that is known is wanted
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """Go to the remembered login, by way of a page on which that can be changed."""

    federation: Federation
    service: Service
    idp: ConnectedIdp
    target: str
    fields: tuple[tuple[str, str], ...]
    flow: str
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One organisation that the person may act for, as the page shows it."""

    account: UUID
    name: str = field(repr=False)
    unit: str | None = field(repr=False)  # where in it they work
    number: str  # CVR, and the unit's own key where one CVR holds several organisations


@dataclass(frozen=True, slots=True)
class ChooseOrganisation:
    """Show the page that asks for which organisation somebody is here."""

    federation: Federation
    service: Service
    idp: ConnectedIdp
    options: tuple[Option, ...]
    flow: str
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class PostOn:
    """Post a Response to the service."""

    federation: Federation
    service: Service
    answer: Answer
    cookies: Cookies = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Show the error page: a code to explain, a reference to ask by, a way back if any.

    `answer` is a signed SAML error for the button; `retry` a flow that can still choose another
    login, `organisation` one that can still choose another organisation; `several` where the
    person has others to choose at all.
    """

    code: str
    http: int
    reference: str
    federation: Federation | None = None
    service: Service | None = None
    answer: Answer | None = None
    retry: str | None = None
    anew: bool = False  # that flow is a new one for the same request
    organisation: str | None = None
    several: bool = False
    came_by: Localised | None = None  # the login that was refused
    elsewhere: ConnectedIdp | None = None  # another login that lets this very person in
    ask: str | None = None  # address at which whoever lacks a role can ask for one
    offer: Offer | None = None  # of the IdP that is not open, where that is why
    cookies: Cookies = ()


Outcome = GoTo | PostTo | Sending | Choose | ChooseOrganisation | PostOn | Refusal
