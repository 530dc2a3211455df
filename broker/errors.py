"""The one error family. A code is public and stable; a detail is for the log alone.

Codes are dotted: the first word tells which kind of fault it is (`malformed`,
`limit`, `signature`, `context`, `policy`, `request`, `flow`), and tables, not
ifs, turn it into a page or a SAML status.
"""


class BrokerError(Exception):
    """Something we say no to, with a stable public code and a detail for the log.

    The detail never holds a name identifier, an attribute value or raw XML.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class Refused(BrokerError):
    """The message is refused: what a peer sent does not hold."""


class NotAllowed(BrokerError):
    """The person is refused: the message holds, but the rules say no."""


class Unknown(BrokerError):
    """The thing asked for is not here."""


class Unavailable(BrokerError):
    """We or a partner cannot do it now."""
