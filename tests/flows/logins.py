"""What `broker demo --json` tells of a login, read back."""

import json
from dataclasses import dataclass

from broker.demo.told import Role


@dataclass(frozen=True, slots=True)
class Login:
    """One login of the list, as far as tests look at it."""

    federation: str
    service: str
    idp: str
    person: str
    hops: int
    name_id: str
    assurance: str
    attributes: dict[str, list[str]]
    roles: list[str]
    issued: list[Role]
    code: str | None  # why it was refused
    planned: dict[str, object] | None
    otherwise: list[str]


def read_logins(text: str) -> list[Login]:
    """The list that `--all --json` prints."""
    return [
        Login(
            federation=told["federation"],
            service=told["service"],
            idp=told["idp"],
            person=told["person"],
            hops=len(told["hops"]),
            name_id=told["name_id"] or "",
            assurance=told["assurance"] or "",
            attributes=told["attributes"],
            roles=told["roles"],
            issued=[
                Role(
                    role["form"],
                    role["role"],
                    tuple((unit["type"], unit["code"]) for unit in role["units"]),
                    role["organisation"],
                )
                for role in told["issued"]
            ],
            code=told.get("refused", {}).get("code"),
            planned=told["planned"],
            otherwise=told["otherwise"],
        )
        for told in json.loads(text)
    ]
