"""A hundred and twenty identity providers, as a country might have them; numbers are fictive."""

from broker.metadata.documents import Table
from broker.metadata.model import ConnectedIdp, IdentityProvider, Localised
from broker.metadata.showing import IdpPage
from broker.metadata.speech import read_idp_speech
from broker.saml.assurance import Assurance

REGIONS = {
    "nordjylland": (
        "Region Nordjylland",
        "North Denmark Region",
        "29190901",
        "Aalborg",
        "RN",
        "Farsø",
    ),
    "sjaelland": ("Region Sjælland", "Region Zealand", "29190604", "Sorø", "RSJ", "Holbæk"),
    "hovedstaden": (
        "Region Hovedstaden",
        "Capital Region of Denmark",
        "29190606",
        "Hillerød",
        "RegionH",
        "Rigshospitalet",
    ),
    "syddanmark": (
        "Region Syddanmark",
        "Region of Southern Denmark",
        "29190903",
        "Vejle",
        "OUH",
        "Odense Universitetshospital",
    ),
    "midtjylland": (
        "Region Midtjylland",
        "Central Denmark Region",
        "29190907",
        "Viborg",
        "AUH",
        "Aarhus Skejby",
    ),
}
_TOWNS = (
    "Aabenraa Aalborg Aarhus Albertslund Allerød Assens Ballerup Billund Bornholm Brøndby "
    "Brønderslev Dragør Egedal Esbjerg Faaborg Fanø Favrskov Faxe Fredensborg Fredericia "
    "Frederiksberg Frederikshavn Frederikssund Furesø Gentofte Gladsaxe Glostrup Greve Gribskov "
    "Guldborgsund Haderslev Halsnæs Hedensted Helsingør Herlev Herning Hillerød Hjørring Holbæk "
    "Holstebro Horsens Hvidovre Høje-Taastrup Hørsholm Ikast Ishøj Jammerbugt Kalundborg "
    "Kerteminde Kolding Københavns Køge Langeland Lejre Lemvig Lolland Lyngby Læsø "
    "Mariagerfjord Middelfart Morsø Norddjurs Nordfyns Nyborg Næstved Odder Odense Odsherred "
    "Randers Rebild Ringkøbing Ringsted Roskilde Rudersdal Rødovre Samsø Silkeborg Skanderborg "
    "Skive Slagelse Solrød Sorø Stevns Struer Svendborg Syddjurs Sønderborg Thisted Tønder "
    "Tårnby Vallensbæk Varde Vejen Vejle Vesthimmerland Viborg Vordingborg Ærø"
)
TOWNS = _TOWNS.split()
PRIVATE = (
    "Solbakkens Privathospital",
    "Klinikken ved Åen",
    "Østjysk Øjenklinik",
    "Aleris Eksempel",
)
PHARMACIES = tuple(
    f"{name} Apotek" for name in ("Løve", "Svane", "Ørne", "Bjørne", "Hjorte", "Falke")
)


def made(row: int, code: str, name: Localised, page: IdpPage, *cvrs: str) -> ConnectedIdp:
    """One identity provider that nobody runs."""
    return ConnectedIdp(
        row=row,
        code=code,
        federation="sundhed",
        name=name,
        maximum=Assurance.HIGH,
        cvrs=frozenset(cvrs) or None,
        identity_types=frozenset(),
        encrypted=True,
        nist=None,
        allow_cbc=False,
        bearer_not_before=True,
        skew=180,
        conditions_lifetime=600,
        speech=read_idp_speech(Table("idp", {})),
        idp=IdentityProvider(f"https://{code}.example.dk", (), (), (), True, (), None),
        page=page,
    )


def _all() -> tuple[ConnectedIdp, ...]:
    subline = Localised("MitID Erhverv eller privat MitID", "MitID Erhverv or private MitID")
    page = IdpPage(subline, "national", pinned=True, keywords=("MitID", "Erhverv", "Nem Log in"))
    found = [made(1, "nemlogin", Localised("NemLog-in", "NemLog-in"), page)]
    for code, (da, en, cvr, town, alias, word) in REGIONS.items():
        domain = f"{alias.lower()}.example.dk"
        told = IdpPage(
            Localised("Ansat i regionen", "Employed by the region"),
            "region",
            pinned=True,
            aliases=(alias,),
            keywords=(word,),
            domains=(domain,),
            city=town,
        )
        found.append(made(len(found) + 1, f"region-{code}", Localised(da, en), told, cvr))
    for town in TOWNS:
        code = "kommune-" + town.lower().translate(str.maketrans("æøå", "aoa"))
        code = {"kommune-kobenhavns": "kommune-kobenhavn"}.get(code, code)
        name = Localised(f"{town} Kommune", f"{town} Municipality")
        cvr = str(90_100_000 + len(found))
        page = IdpPage(kind="municipality", city=town)
        found.append(made(len(found) + 1, code, name, page, cvr))
    for kind, names in (("hospital", PRIVATE), ("pharmacy", PHARMACIES)):
        for name_da in names:
            code = f"{kind}-{len(found)}"
            name = Localised(name_da, name_da)
            page = IdpPage(kind=kind)
            found.append(made(len(found) + 1, code, name, page, str(90_200_000 + len(found))))
    while len(found) < 120:
        number = len(found)
        name = Localised(f"Lægehuset Eksempel {number}", f"Example Practice {number}")
        page = IdpPage(kind="practice")
        found.append(made(number + 1, f"practice-{number}", name, page, str(90_300_000 + number)))
    return tuple(found[:120])


IDPS = _all()


def document_of(idp: ConnectedIdp) -> dict[str, object]:
    """The document that such an identity provider would be registered by."""
    page = idp.page
    told: dict[str, object] = {
        "kind": page.kind,
        "pinned": page.pinned,
        "aliases": list(page.aliases),
        "keywords": list(page.keywords),
        "domains": list(page.domains),
    }
    if page.city:
        told["city"] = page.city
    if page.subline:
        told["subline"] = {"da": page.subline.da, "en": page.subline.en}
    return {
        "kind": "idp",
        "code": idp.code,
        "entity_id": idp.idp.entity_id,
        "name": {"da": idp.name.da, "en": idp.name.en},
        "maximum": "High",
        "cvrs": sorted(idp.cvrs) if idp.cvrs else "any",
        "page": told,
    }
