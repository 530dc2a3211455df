"""XSD validation of trees against the OASIS schemas that pysaml2 bundles, offline.

The received tree itself is validated; nothing is serialised or parsed again.
"""

import threading
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from lxml import etree

from broker.errors import Refused

Kind = Literal["protocol", "assertion", "metadata"]

_FILES = {
    "xmldsig-core-schema.xsd": "http://www.w3.org/2000/09/xmldsig#",
    "xenc-schema.xsd": "http://www.w3.org/2001/04/xmlenc#",
    "xenc-schema-11.xsd": "http://www.w3.org/2009/xmlenc11#",
    "saml-schema-assertion-2.0.xsd": "urn:oasis:names:tc:SAML:2.0:assertion",
}
_LAST = {
    "assertion": {},
    "protocol": {"saml-schema-protocol-2.0.xsd": "urn:oasis:names:tc:SAML:2.0:protocol"},
    "metadata": {"saml-schema-metadata-2.0.xsd": "urn:oasis:names:tc:SAML:2.0:metadata"},
}
_LOCK = threading.Lock()


class _Bundled(etree.Resolver):
    """Answers every schema address with the bundled file of the same name, or nothing."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]  # the stubs name the context's private type
        """Resolve by file name alone; an unknown name becomes an empty document."""
        name = system_url.rsplit("/", 1)[-1]
        source = files("saml2") / "data" / "schemas" / name
        text = source.read_bytes() if source.is_file() else b""
        return self.resolve_string(text, context, base_url=name)


@cache
def _schema(kind: Kind) -> etree.XMLSchema:
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{name}"/>'
        for name, namespace in (_FILES | _LAST[kind]).items()
    )
    wrapper = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    # DTDs are loaded here only: the bundled dsig schema declares one entity in its DOCTYPE.
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=True)
    parser.resolvers.add(_Bundled())
    return etree.XMLSchema(etree.fromstring(wrapper, parser))


def schema_errors(root: etree._Element, kind: Kind) -> tuple[str, ...]:
    """What is wrong with the tree by its schema: `line: fault`, never a value."""
    with _LOCK:
        schema = _schema(kind)
        if schema.validate(root):
            return ()
        log = cast(Iterable[etree._LogEntry], schema.error_log)
        return tuple(f"{entry.line}: {entry.type_name}" for entry in log)


def check_schema(root: etree._Element, kind: Kind) -> None:
    """Raise Refused("malformed.schema") unless the tree is valid by its schema."""
    errors = schema_errors(root, kind)
    if errors:
        raise Refused("malformed.schema", "; ".join(errors[:3]))


def warm_up() -> None:
    """Compile the schemas of messages now instead of in the first login."""
    with _LOCK:
        _schema("protocol")
        _schema("assertion")
