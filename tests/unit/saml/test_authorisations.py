"""Authorisations of health professionals: what is read, and what counts as none."""

import base64

import pytest

from broker.errors import Refused
from broker.saml.authorisations import NAMESPACE, Authorisation, read_authorisations


def encoded(inside: str, namespace: str = NAMESPACE, root: str = "UserAuthorizationList") -> str:
    return base64.b64encode(f'<{root} xmlns="{namespace}">{inside}</{root}>'.encode()).decode()


def one(code: str = "341KY", education: str = "7170", more: str = "") -> str:
    parts = f"<AuthorizationCode>{code}</AuthorizationCode><EducationCode>{education}"
    return f"<UserAuthorization>{parts}</EducationCode>{more}</UserAuthorization>"


def test_authorisations_are_read_in_their_order() -> None:
    value = encoded(one(more="<EducationType> Læge </EducationType>") + one("21SØR", "5166"))
    assert read_authorisations(value[:9] + "\n " + value[9:]) == (
        Authorisation("341KY", "7170", "Læge"),
        Authorisation("21SØR", "5166", ""),
    )
    assert read_authorisations(encoded("")) == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("!!", "malformed.base64"),
        (base64.b64encode(b"<x").decode(), "malformed.xml"),
        (base64.b64encode(b"<!DOCTYPE x><x/>").decode(), "malformed.doctype"),
        (encoded(one(), "urn:other"), "malformed.root"),
        (encoded(one(), root="UserAuthorization"), "malformed.root"),
        (encoded("<Authorization/>"), "malformed.shape"),
        (encoded(one() * 33), "malformed.shape"),
        (encoded(one("341K")), "malformed.shape"),
        (encoded(one("34 KY")), "malformed.shape"),
        (encoded(one(education="717")), "malformed.shape"),
        (encoded(one(education="\u0667\u0661\u0667\u0660")), "malformed.shape"),
        (encoded("<UserAuthorization/>"), "malformed.shape"),
        (encoded(one(more="<Extra/>")), "malformed.shape"),
        (encoded(one(more="<EducationCode>7170</EducationCode>")), "malformed.shape"),
        (encoded(one(code="<b>341KY</b>")), "malformed.shape"),
    ],
)
def test_what_cannot_be_read_is_refused(value: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_authorisations(value)
    assert refused.value.code == code
