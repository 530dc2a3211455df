"""What levels, phases, reasons and exceptions are called, in words for people."""

from broker.metadata.rollover.model import Phase
from broker.web.language import Text
from broker.web.language import Text as _

LEVELS: dict[int, Text] = {
    0: _("No sign yet"),
    1: _("Has fetched the new certificate"),
    2: _("Says it is ready"),
    3: _("Ready: tried"),
    4: _("Ready: in use"),
}
SIGNS: dict[str, Text] = {
    "nothing": _("We have seen nothing and heard nothing since the change was announced."),
    "fetched": _("It has fetched the file. That does not show that the file has been loaded."),
    "said": _("Somebody answers for it that the file is loaded and activated."),
    "alone": _(
        "One person says that a trial was accepted. For a system that patients depend on, either "
        "a login must be seen, or a second person must say the same."
    ),
    "tried": _("A trial login with the new certificate was accepted."),
    "loads_daily": _("It loads our metadata by itself every day, and reads several certificates."),
    "endpoint": _("It uses the address that belongs to the new certificate."),
    "logins": _("Logins under the new certificate have gone well for a day."),
    "opened": _("It encrypts to the new certificate."),
}
PHASES: dict[Phase, Text] = {
    Phase.WAITING: _("Not announced yet"),
    Phase.ANNOUNCED: _("Announced"),
    Phase.EARLY: _("Whoever wants to may switch"),
    Phase.SWITCHED: _("Switched, and can be taken back"),
    Phase.SETTLED: _("Switched for good"),
    Phase.UNPUBLISHED: _("Over: the old certificate is withdrawn"),
    Phase.DESTROYED: _("Over: the old key is gone"),
    Phase.ROLLED_BACK: _("Taken back"),
}
BECAUSE: dict[str, Text] = {
    "only": _("No change is planned."),
    "compromised": _("The other key is known to others."),
    "dry_run": _("This browser tries the new certificate."),
    "endpoint": _("The address that is used belongs to this certificate."),
    "partner": _("It was decided so for this one."),
    "held": _("Patients depend on it, and it is not ready."),
    "rolled_back": _("The change was taken back."),
    "plan": _("The plan says so."),
}
INSTANTS: dict[str, Text] = {
    "announce": _("Announced"),
    "early_from": _("May be used early from"),
    "switch": _("The switch"),
    "rollback_until": _("Can be taken back until"),
    "unpublish": _("The old certificate is withdrawn"),
    "destroy": _("The old key is destroyed"),
}
SLOTS: dict[str, Text] = {
    "idp-signing": _("What we sign for services"),
    "sp-signing": _("What we sign for identity providers"),
    "sp-encryption": _("What identity providers encrypt to us"),
}
KINDS: dict[str, Text] = {
    "early": _("Switches early"),
    "late": _("Switches late"),
    "back": _("Taken back"),
    "waive": _("May switch although it is not ready"),
    "follow": _("Follows the plan"),
}
WISHES: dict[str, Text] = {
    "waiting": _("waits for an answer"),
    "granted": _("granted"),
    "declined": _("declined"),
    "taken_back": _("taken back"),
}
