"""SATOSA beside us: an environment of its own, configured for the same service and IdP.

Its configuration is one JSON document, read by `satosa_app.py` inside that environment.
"""

import json
import shutil
import subprocess
import venv
from pathlib import Path

from broker.saml import names
from tests.bench.hubs.ours import pem
from tests.bench.hubs.peers import Hub, Peers
from tests.factories import key_pair
from tests.peers import idp_metadata, sp_metadata

BASE = "https://satosa.example.dk"
LOCK = Path(__file__).with_name("satosa-requirements.txt")
FRONT, BACK = "Front", "Back"
_REDIRECT, _POST = names.REDIRECT, names.POST
_SHA256 = {"signing_algorithm": names.RSA_SHA256, "digest_algorithm": names.SHA256}


def install(folder: Path) -> Path:
    """Its own environment with the locked packages, made once; the Python of it.

    Raises subprocess.CalledProcessError where a package cannot be had.
    """
    python = folder / "bin" / "python"
    done = folder / ".locked"
    if not done.exists() or done.read_bytes() != LOCK.read_bytes():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(command, check=True)
        done.write_bytes(LOCK.read_bytes())
    return python


def set_up(folder: Path, peers: Peers) -> Hub:
    """Keys, metadata and configuration in a folder."""
    folder.mkdir()
    (folder / "satosa.pem").write_bytes(pem("satosa"))
    certificate = key_pair("satosa")[1]
    (folder / "satosa.crt").write_bytes(certificate.pem())
    service = sp_metadata(peers.service_entity, key_pair(peers.service)[1])
    (folder / "sp.xml").write_bytes(service)
    (folder / "idp.xml").write_bytes(idp_metadata(peers.idp_entity, key_pair(peers.idp)[1]))
    (folder / "satosa.json").write_text(json.dumps(_configuration(folder)))
    for name in ("gauge.py", "satosa_app.py"):  # what runs inside its environment
        shutil.copy(Path(__file__).with_name(name), folder)
    return Hub(
        name="SATOSA",
        sso=f"/{BACK}/sso/redirect",
        acs=f"{BASE}/{BACK}/acs/post",
        acs_path=f"/{BACK}/acs/post",
        entity=f"{BASE}/{BACK}/sp",
        destination=f"{BASE}/{BACK}/sso/redirect",
        encryption=certificate,
        request_key=certificate,
        host="satosa.example.dk",
    )


def _configuration(folder: Path) -> dict[str, object]:
    return {
        "BASE": BASE,
        "COOKIE_STATE_NAME": "SATOSA",
        "STATE_ENCRYPTION_KEY": "only for the bench, with fictive people",
        "INTERNAL_ATTRIBUTES": {
            "attributes": {
                "name": {"saml": ["displayName"]},
                "cvr": {"saml": ["norEduPersonNIN"]},
            }
        },
        "FRONTEND_MODULES": [
            {
                "module": "satosa.frontends.saml2.SAMLFrontend",
                "name": FRONT,
                "config": {
                    "endpoints": {
                        "single_sign_on_service": {_REDIRECT: "sso/redirect", _POST: "sso/post"}
                    },
                    "idp_config": {
                        **_keys(folder),
                        "entityid": f"{BASE}/{FRONT}/idp",
                        "metadata": {"local": [str(folder / "sp.xml")]},
                        "service": {
                            "idp": {
                                "endpoints": {"single_sign_on_service": []},
                                "name": "SATOSA",
                                **_SHA256,
                                "policy": {
                                    "default": {
                                        "attribute_restrictions": None,
                                        "lifetime": {"minutes": 5},
                                        "sign_response": False,
                                        "sign_assertion": True,
                                        "encrypt_assertion": True,
                                    }
                                },
                            }
                        },
                    },
                },
            }
        ],
        "BACKEND_MODULES": [
            {
                "module": "satosa.backends.saml2.SAMLBackend",
                "name": BACK,
                "config": {
                    "sp_config": {
                        **_keys(folder),
                        "entityid": f"{BASE}/{BACK}/sp",
                        "metadata": {"local": [str(folder / "idp.xml")]},
                        "service": {
                            "sp": {
                                "authn_requests_signed": True,
                                "want_assertions_signed": True,
                                "want_response_signed": False,
                                "allow_unsolicited": False,
                                "allow_unknown_attributes": True,
                                **_SHA256,
                                "endpoints": {
                                    "assertion_consumer_service": [
                                        [f"{BASE}/{BACK}/acs/post", _POST]
                                    ]
                                },
                            }
                        },
                    }
                },
            }
        ],
        "MICRO_SERVICES": [],
        "LOGGING": {"version": 1, "root": {"level": "WARNING"}},  # without it, DEBUG to stdout
    }


def _keys(folder: Path) -> dict[str, object]:
    key, certificate = str(folder / "satosa.pem"), str(folder / "satosa.crt")
    return {
        "key_file": key,
        "cert_file": certificate,
        "encryption_keypairs": [{"key_file": key, "cert_file": certificate}],
        "xmlsec_binary": "/usr/bin/xmlsec1",
        "accepted_time_diff": 60,
    }
