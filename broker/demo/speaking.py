"""What a demo identity provider says of a person, by the profile that it speaks."""

from broker.demo.person import Person
from broker.saml import names
from broker.saml.assurance import NIST_PREFIX, nist_of
from broker.saml.messages import Attribute, NameID
from broker.saml.profiles import Profile


def attributes_of(person: Person, profile: Profile) -> tuple[Attribute, ...]:
    """The attributes of an assertion, in the names of the profile's generation."""
    said = _older(person) if profile.generation == 2 else _newer(person)
    return tuple(
        Attribute(name, (value,), profile.name_format) for name, value in said.items() if value
    )


def name_of(person: Person, profile: Profile) -> NameID:
    """The NameID: a URI with a UUID, or the subject of a certificate as OIOSAML 2 spells it."""
    if profile.generation == 2:
        who = f"CVR:{person.cvr}-RID:{person.rid}"
        organisation = f"{person.organisation} // CVR:{person.cvr}"
        subject = f"C=DK,O={organisation},CN={person.name},Serial={who}"
        return NameID(subject, names.X509_SUBJECT)
    kind = names.NAMEID_PROFESSIONAL if person.cvr else names.NAMEID_PERSON
    return NameID(f"{kind}{person.uuid}", names.PERSISTENT)


def class_ref_of(person: Person, profile: Profile) -> str:
    """The AuthnContextClassRef, on the scale that the profile measures with."""
    if profile.levels == "nist":
        return f"{NIST_PREFIX}{nist_of(person.assurance, four=False)}"
    return person.assurance.uri


def _newer(person: Person) -> dict[str, str | None]:
    return {
        names.SPEC_VERSION: "OIO-SAML-3.0",
        names.LOA: person.assurance.word,
        names.CVR: person.cvr,
        names.ORG_NAME: person.organisation,
        names.FULL_NAME: person.name,
        names.EMAIL: f"{person.key}@example.dk",
        names.PROFESSIONAL_UUID: person.uuid if person.cvr else None,
        names.CPR_UUID: None if person.cvr else person.uuid,
        names.RID: person.oces2,
        names.PRIVILEGES: person.privileges(),
    }


def _older(person: Person) -> dict[str, str | None]:
    return {
        names.OIO2_SPEC_VERSION: "DK-SAML-2.0",
        names.OIO2_ASSURANCE: str(nist_of(person.assurance, four=False)),
        names.OIO2_CVR: person.cvr,
        names.OIO2_RID: person.rid,
        names.OIO2_UID: f"CVR:{person.cvr}-RID:{person.rid}",
        names.OIO2_ORG_NAME: person.organisation,
        names.OIO2_COMMON_NAME: person.name,
        names.OIO2_SURNAME: person.name.rpartition(" ")[2],
        names.OIO2_MAIL: f"{person.key}@example.dk",
        names.OIO2_PRIVILEGES: person.privileges(),
    }
