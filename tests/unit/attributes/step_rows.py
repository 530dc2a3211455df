"""Every step with what it makes of some claims, and which of them it needs."""

import base64

from tests.privileges import CVR, group, privileges

UUID = "9F3B2D1C-0000-4000-8000-00000000000A"
AUTHORISED = (
    '<UserAuthorizationList xmlns="urn:dk:healthcare:saml:user_authorization_profile:1.0">'
    "<UserAuthorization><AuthorizationCode>341KY</AuthorizationCode>"
    "<EducationCode>7170</EducationCode><EducationType>Læge</EducationType></UserAuthorization>"
    "<UserAuthorization><AuthorizationCode>21SØR</AuthorizationCode>"
    "<EducationCode>5166</EducationCode><EducationType>Sygeplejerske</EducationType>"
    "</UserAuthorization></UserAuthorizationList>"
)
LIST = base64.b64encode(AUTHORISED.encode()).decode()
OWN = privileges(group("urn:x:read"))
MIXED = privileges(group("urn:x:read", ("urn:x:c", "1")), group("urn:x:write", cvr="90000098"))
SAID: dict[str, tuple[str, ...]] = {
    "cvr": (CVR,),
    "rid": ("1234",),
    "full_name": ("Åse Ærlig",),
    "last_name": ("Ærlig",),
    "professional_uuid": (UUID, "nurse-7"),
    "email": ("A@x.dk", "b@x.dk"),
    "title": ("Overlæge",),
    "user_authorizations": (LIST,),
    "privileges": (OWN,),
}
Step = dict[str, object]

# A step, what it makes of which claims (None is gone), and what of the claims it needs.
WORKS: list[tuple[Step, dict[str, tuple[str, ...] | None], tuple[str, ...]]] = [
    (
        {"name": "rename", "from": "title", "to": "job"},
        {"job": ("Overlæge",), "title": None},
        ("title",),
    ),
    (
        {"name": "copy", "from": "title", "to": "job"},
        {"job": ("Overlæge",), "title": ("Overlæge",)},
        ("title",),
    ),
    (
        {"name": "copy", "from": "title", "to": "full_name"},
        {"full_name": ("Åse Ærlig",)},
        ("title",),
    ),
    (
        {"name": "copy", "from": "title", "to": "full_name", "replace": True},
        {"full_name": ("Overlæge",)},
        ("title",),
    ),
    (
        {"name": "first_of", "from": ["alias", "full_name"], "to": "shown"},
        {"shown": ("Åse Ærlig",)},
        ("alias", "full_name"),
    ),
    (
        {"name": "keep", "attributes": ["cvr"]},
        {"cvr": (CVR,), "email": None, "privileges": None},
        (),
    ),
    ({"name": "drop", "attributes": ["email"]}, {"email": None, "cvr": (CVR,)}, ("email",)),
    (
        {"name": "default", "attribute": "org_name", "value": "Klinikken"},
        {"org_name": ("Klinikken",)},
        (),
    ),
    (
        {"name": "default", "attribute": "title", "value": "Læge"},
        {"title": ("Overlæge",)},
        (),
    ),
    (
        {"name": "split_name"},
        {"first_name": ("Åse",), "last_name": ("Ærlig",)},
        ("full_name",),
    ),
    (
        {"name": "join_names", "first": "title", "to": "shown"},
        {"shown": ("Overlæge Ærlig",)},
        ("last_name",),
    ),
    (
        {"name": "compose", "to": "shown", "template": "{full_name} ({cvr})"},
        {"shown": (f"Åse Ærlig ({CVR})",)},
        ("full_name",),
    ),
    ({"name": "compose", "to": "shown", "template": "{email}"}, {"shown": None}, ("email",)),
    (
        {"name": "uuid_form", "attribute": "professional_uuid", "form": "urn"},
        {"professional_uuid": (f"urn:uuid:{UUID.lower()}", "nurse-7")},
        ("professional_uuid",),
    ),
    (
        {"name": "uuid_form", "attribute": "professional_uuid", "form": "bare"},
        {"professional_uuid": (UUID.lower(), "nurse-7")},
        ("professional_uuid",),
    ),
    ({"name": "write_uid"}, {"uid": (f"CVR:{CVR}-RID:1234",)}, ("rid",)),
    ({"name": "write_level", "to": "level", "scale": "nsis"}, {"level": ("High",)}, ()),
    (
        {"name": "write_level", "to": "level", "scale": "nsis-uri"},
        {"level": ("https://data.gov.dk/concept/core/nsis/loa/High",)},
        (),
    ),
    ({"name": "write_level", "to": "level", "scale": "nist"}, {"level": ("3",)}, ()),
    (
        {"name": "write_level", "to": "level", "scale": "nist", "four": True},
        {"level": ("4",)},
        (),
    ),
    (
        {"name": "map_values", "from": "email", "to": "box", "table": {"A@x.dk": "a"}},
        {"box": ("a",)},
        ("email",),
    ),
    (
        {
            "name": "map_values",
            "from": "email",
            "table": {"A@x.dk": "a"},
            "otherwise": "keep",
        },
        {"email": ("a", "b@x.dk")},
        ("email",),
    ),
    (
        {"name": "map_values", "from": "email", "table": {"c": "d"}},
        {"email": None},
        ("email",),
    ),
    (
        {"name": "add_affix", "attribute": "rid", "prefix": "urn:rid:", "pattern": "[0-9]{4}"},
        {"rid": ("urn:rid:1234",)},
        ("rid",),
    ),
    (
        {"name": "add_affix", "attribute": "rid", "suffix": "@dk", "pattern": "[a-z]+"},
        {"rid": None},
        ("rid",),
    ),
    (
        {
            "name": "strip_affix",
            "attribute": "email",
            "suffix": "@x.dk",
            "pattern": "[a-z]",
            "otherwise": "keep",
        },
        {"email": ("A@x.dk", "b")},
        ("email",),
    ),
    (
        {"name": "strip_affix", "attribute": "email", "prefix": "b", "suffix": "x.dk"},
        {"email": ("@",)},
        ("email",),
    ),
    (
        {"name": "only_matching", "attribute": "email", "pattern": "[a-z]+@x[.]dk"},
        {"email": ("b@x.dk",)},
        ("email",),
    ),
    ({"name": "first_value", "attribute": "email"}, {"email": ("A@x.dk",)}, ("email",)),
    (
        {"name": "join_values", "attribute": "email", "separator": ";"},
        {"email": ("A@x.dk;b@x.dk",)},
        ("email",),
    ),
    (
        {"name": "join_values", "attribute": "email", "separator": "@"},
        {"email": ("A@x.dk", "b@x.dk")},
        ("email",),
    ),
    (
        {"name": "split_values", "attribute": "email", "separator": "@"},
        {"email": ("A", "x.dk", "b", "x.dk")},
        ("email",),
    ),
    (
        {"name": "change_case", "attribute": "email", "to": "lower"},
        {"email": ("a@x.dk", "b@x.dk")},
        ("email",),
    ),
    (
        {"name": "change_case", "attribute": "title", "to": "upper"},
        {"title": ("OVERLÆGE",)},
        ("title",),
    ),
    (
        {"name": "authorisations"},
        {
            "has_user_authorization": ("true",),
            "user_authorization_code": ("341KY", "21SØR"),
            "user_education_code": ("7170", "5166"),
            "user_education_type": ("Læge", "Sygeplejerske"),
        },
        ("user_authorizations",),
    ),
    (
        {"name": "authorisations", "educations": ["5166"], "user_education_code": "edu"},
        {"has_user_authorization": ("true",), "edu": ("5166",)},
        ("user_authorizations",),
    ),
    (
        {"name": "authorisations", "educations": ["5433"]},
        {"has_user_authorization": ("false",), "user_authorization_code": None},
        ("user_authorizations",),
    ),
    ({"name": "own_privileges"}, {"privileges": (OWN,)}, ("privileges",)),
]
