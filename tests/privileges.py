"""Privilege lists as other people write them, by hand and not by our own writer."""

import base64

NEW = "http://digst.dk/oiosaml/basic_privilege_profile"
OLD = "http://itst.dk/oiosaml/basic_privilege_profile"
CVR = "90000004"


def privileges(*groups: str, namespace: str = NEW) -> str:
    """A privilege list in base64."""
    xml = f'<b:PrivilegeList xmlns:b="{namespace}">{"".join(groups)}</b:PrivilegeList>'
    return base64.b64encode(xml.encode()).decode()


def group(privilege: str, *constraints: tuple[str, str], cvr: str = CVR) -> str:
    """One group, its constraints first, as published examples have them."""
    narrowed = "".join(f'<Constraint Name="{n}">{v}</Constraint>' for n, v in constraints)
    scope = f"urn:dk:gov:saml:cvrNumberIdentifier:{cvr}"
    return (
        f'<PrivilegeGroup Scope="{scope}">{narrowed}<Privilege>{privilege}</Privilege>'
        "</PrivilegeGroup>"
    )


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
