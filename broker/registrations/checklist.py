"""What production asks for, and what of it is there. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from broker.registrations.model import Content
from broker.registrations.verdicts import Examined
from broker.web.language import Text
from broker.web.language import Text as _

AGREEMENTS = ("contract", "processing", "privacy")


@dataclass(frozen=True, slots=True)
class Item:
    """One point of the list: whether it is in order, and the page where it is put so."""

    code: str
    done: bool
    words: Text
    todo: Text
    page: str  # route of the owner's section


def checklist(content: Content, examined: Examined, *, tested: bool) -> tuple[Item, ...]:
    """Every point, in the order in which one goes about them."""
    return tuple(_items(content, examined, tested=tested))


def missing(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What is not in order yet."""
    return tuple(one for one in items if not one.done)


def _items(content: Content, examined: Examined, *, tested: bool) -> Iterator[Item]:
    about = content.about
    bad = {one.field for one in examined.verdicts if one.level == "refused"}
    yield Item(
        "metadata",
        content.xml is not None and bad <= {"start_url"} and examined.facts is not None,
        _("The metadata can be used."),
        _("Correct what the metadata page marks in red.")
        if content.xml is not None
        else _("Give us your system’s metadata."),
        "metadata",
    )
    roles, needs = content.listed("role"), content.document.get("require_role") is True
    yield Item(
        "roles",
        bool(roles) or not needs,
        _("The roles are described.") if roles else _("Everybody may come in without a role."),
        _("You ask for a role, and have described none. Add a role, or let people in without."),
        "roles",
    )
    yield Item(
        "attributes",
        bool(content.release)
        and all(isinstance(one.get("motive"), Mapping) for one in content.release),
        _("Each attribute has its reason."),
        _("Choose the attributes that you need, and write why you need each."),
        "attributes",
    )
    yield Item(
        "logins",
        bool(content.listed("wanted")),
        _("You have chosen which logins people may use."),
        _("Choose at least one login."),
        "logins",
    )
    yield Item(
        "start",
        bool(content.text("start_url")) and "start_url" not in bad,
        _("People who get lost can be sent back to your start address."),
        _("Write where people begin at your service: an address on a host in your metadata."),
        "about",
    )
    contacts = {one.get("kind") for one in _contacts(content)}
    yield Item(
        "contacts",
        {"support", "technical"} <= contacts,
        _("There is a contact for support and one for technical matters."),
        _("Write a contact for support and one for technical matters."),
        "about",
    )
    for code, words, todo in (
        (
            "contract",
            _("The connection agreement is signed."),
            _("Write the case number of the connection agreement."),
        ),
        (
            "processing",
            _("The data processing agreement is signed."),
            _("Write the case number of the data processing agreement."),
        ),
        (
            "privacy",
            _("There is a privacy notice for your users."),
            _("Write the address of your privacy notice."),
        ),
    ):
        yield Item(code, bool(str(about.get(code, "")).strip()), words, todo, "about")
    yield Item(
        "tested",
        tested,
        _("A test login has come through as the service is saved now."),
        _("Make a test login that comes through, after your latest change in test."),
        "testing",
    )


def _contacts(content: Content) -> tuple[Mapping[str, object], ...]:
    found = content.about.get("contacts")
    if not isinstance(found, list | tuple):
        return ()
    return tuple(one for one in found if isinstance(one, Mapping) and one.get("mail"))
