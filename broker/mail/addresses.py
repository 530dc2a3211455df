"""What counts as a mail address. Partners write them into their metadata, so they are hostile."""

from email_validator import EmailNotValidError, validate_email

from broker.errors import Refused

_LONGEST = 254


def read_address(text: str) -> str:
    """An address as it is kept and compared, in ASCII. Raises Refused("mail.address").

    Whether anybody reads there is not asked: that takes the network, and a bounce tells it.
    """
    bare = text.strip()
    if bare[:7].lower() == "mailto:":
        bare = bare[7:]
    try:
        found = validate_email(
            bare, check_deliverability=False, allow_smtputf8=False, allow_quoted_local=False
        )
    except EmailNotValidError:
        raise Refused("mail.address", "no mail address") from None
    address = found.ascii_email
    if address is None or len(address) > _LONGEST:
        raise Refused("mail.address", "no mail address in ASCII")
    return address
