"""Words for what a change of certificates is refused for, and what speaks against a plan."""

from broker.web.families import Words
from broker.web.language import Text as _

_TIME = _("Correct the times, and examine it again.")
_KEYS = _("Make the keys on the host with broker rollover keys, and try again.")
_LOOK = _("Open the page of the change again and see how far it is.")
_ASK = _("Ask the service desk if you do not know what to do.")
_OTHER = _("Let a colleague with the same task do it.")

SWITCHING: dict[str, Words] = {
    "rollover.no_plan": (
        _("There is no such change"),
        _("No change of certificates has that code in this federation, or it was given up."),
        _LOOK,
    ),
    "rollover.nothing_planned": (
        _("No change is planned"),
        _("No change of our certificate concerns the service right now."),
        _("You are told by mail when one is announced."),
    ),
    "rollover.no_partner": (
        _("Not a part of this change"),
        _("The change does not concern anybody of that code."),
        _LOOK,
    ),
    "rollover.no_wish": (
        _("The wish does not wait any more"),
        _("It has been answered or taken back meanwhile."),
        _LOOK,
    ),
    "rollover.exists": (
        _("The code is taken"),
        _("A change of that code is there already, or was given up."),
        _("Choose another code."),
    ),
    "rollover.order": (
        _("The times are in the wrong order"),
        _("Each step must come after the one before it."),
        _TIME,
    ),
    "rollover.past": (
        _("It lies in the past"),
        _("What has not been announced cannot have happened, and no time is planned backwards."),
        _TIME,
    ),
    "rollover.happened": (
        _("That has happened already"),
        _("A step that lies behind us stays where it is."),
        _TIME,
    ),
    "rollover.period": (
        _("The period is not right"),
        _("It must begin before it ends, and end after the switch."),
        _TIME,
    ),
    "rollover.overlap_short": (
        _("The old certificate is withdrawn too early"),
        _("What it signed is shown to others for twelve hours after the switch."),
        _TIME,
    ),
    "rollover.destroy_early": (
        _("The old key is destroyed too early"),
        _("Partners may encrypt to it for 30 days after it was withdrawn."),
        _TIME,
    ),
    "rollover.hard_early": (
        _("A hard change has no early window"),
        _("Everybody changes at the same moment."),
        _TIME,
    ),
    "rollover.hard_partner": (
        _("A hard change treats everybody alike"),
        _("Nobody can switch earlier or later than the others, or try it before."),
        _ASK,
    ),
    "rollover.same_epoch": (
        _("From and to are the same key"),
        _("A change leads from one key to another."),
        _KEYS,
    ),
    "rollover.same_key": (
        _("It is the same key again"),
        _("The new certificate holds the key of the old one."),
        _KEYS,
    ),
    "rollover.epoch_used": (
        _("That key has had its time"),
        _("A key that counted before, or is planned to, cannot be the next one."),
        _KEYS,
    ),
    "rollover.epoch": (
        _("That is no name of a key"),
        _("It takes lower-case letters, digits and hyphens."),
        _KEYS,
    ),
    "rollover.no_key": (
        _("The new key is not here"),
        _("It was not made on this node, or it waits for its certificate."),
        _KEYS,
    ),
    "rollover.other_key": (
        _("Partners know another key already"),
        _("That one counts at once, so that no new one is needed."),
        _("Leave out the key to count instead."),
    ),
    "rollover.no_other_key": (
        _("No other key can count"),
        _("Partners know no other key of ours, and none was named."),
        _KEYS,
    ),
    "rollover.compromised": (
        _("The key is known to others"),
        _("It signs nothing any more, and nobody can go back to it."),
        _ASK,
    ),
    "rollover.before_ends": (
        _("The old certificate runs out"),
        _("It does not last as long as the plan needs it."),
        _TIME,
    ),
    "rollover.after_begins": (
        _("The new certificate is not valid yet"),
        _("It begins later than it would be announced."),
        _TIME,
    ),
    "rollover.after_ends": (
        _("The new certificate runs out too early"),
        _("It ends before the plan is over."),
        _TIME,
    ),
    "rollover.overlaps": (
        _("Another change is under way"),
        _("Two changes of the same key cannot be at work at the same time."),
        _TIME,
    ),
    "rollover.not_in_force": (
        _("Another key counts by then"),
        _("The change begins from a key that is not the one of today."),
        _LOOK,
    ),
    "rollover.followed": (
        _("A later change builds on it"),
        _("The later one begins from the key that this one leads to."),
        _("Give the later one up first."),
    ),
    "rollover.notice": (
        _("The notice is short"),
        _("Partners get fewer than 14 days from the announcement to the switch."),
        _TIME,
    ),
    "rollover.rollback_short": (
        _("It can be taken back for a short time only"),
        _("Less than seven days after the switch."),
        _TIME,
    ),
    "rollover.hard": (
        _("A hard change cuts off whoever is not ready"),
        _("Whoever does not load the new certificate at that very moment cannot log in."),
        _TIME,
    ),
    "rollover.too_early": (
        _("It is too early"),
        _("Nobody may switch before the early window opens."),
        _TIME,
    ),
    "rollover.too_late": (
        _("It is too late"),
        _("The old certificate is withdrawn, or about to be, and nobody can stay on it."),
        _ASK,
    ),
    "rollover.reason": (
        _("A reason is missing"),
        _("Somebody will want to know why."),
        _("Write why."),
    ),
    "rollover.rule": (
        _("That cannot be decided here"),
        _("What was chosen does not go together."),
        _LOOK,
    ),
    "rollover.no_rule": (
        _("Nothing was decided for this one"),
        _("It follows the plan already."),
        _LOOK,
    ),
    "rollover.over": (
        _("The change is over"),
        _("Nothing can be decided for a single partner any more."),
        _LOOK,
    ),
    "rollover.switched": (
        _("The switch has been"),
        _("That could be done before the switch only."),
        _LOOK,
    ),
    "rollover.not_switched": (
        _("Nobody has switched yet"),
        _("There is nothing to take back."),
        _LOOK,
    ),
    "rollover.is_back": (
        _("It is taken back already"),
        _("The old key counts."),
        _LOOK,
    ),
    "rollover.not_back": (
        _("It was not taken back"),
        _("Only a change that was taken back can go on at a new time."),
        _LOOK,
    ),
    "rollover.in_use": (
        _("Somebody uses the new key already"),
        _("Services that switched early must go back first."),
        _LOOK,
    ),
    "rollover.not_held": (
        _("It is not held"),
        _("Nothing has to be overruled for it to switch."),
        _LOOK,
    ),
    "rollover.same_person": (
        _("You have said so already"),
        _("It takes two people, and you are one of them."),
        _OTHER,
    ),
    "rollover.needs_two": (
        _("It takes two people"),
        _("Patients depend on it and it is not ready: two people must say that it may switch."),
        _OTHER,
    ),
    "rollover.not_announced": (
        _("The change is not announced yet"),
        _("Nothing can be tried or confirmed before partners know of it."),
        _LOOK,
    ),
    "rollover.claim": (
        _("That cannot be confirmed"),
        _("What we see ourselves is not for anybody to confirm."),
        _ASK,
    ),
    "rollover.drill_runs": (
        _("A drill runs already"),
        _("One at a time, so that the machine has time for logins."),
        _("Wait until it is finished."),
    ),
    "metadata.next_key": (
        _("The certificate cannot be used"),
        _(
            "It cannot be read, has run out, is too weak, counts already, or is not one that this "
            "federation takes."
        ),
        _("Choose the right file: the certificate, and never the private key."),
    ),
    "metadata.kept_key": (
        _("The certificate cannot be ended here"),
        _("It is not one that was brought here. What stands in your metadata you take out there."),
        _LOOK,
    ),
    "metadata.no_contacts": (
        _("Nobody can be written to"),
        _("Your metadata names no contact with a mail address."),
        _("Put a technical contact into your metadata."),
    ),
    "metadata.compared": (
        _("Those are not the digits of this version"),
        _("Another version may have come since you compared, or you wrote them wrong."),
        _("Ask the partner for the SHA-256 on another channel, and write its first 12 digits."),
    ),
    "metadata.same_person": (
        _("You brought it yourself"),
        _("Somebody else must look at it and approve it."),
        _OTHER,
    ),
    "metadata.nothing_waits": (
        _("Nothing waits here"),
        _("It has been approved, rejected or overtaken meanwhile."),
        _("Look at its history."),
    ),
    "metadata.nothing_in_force": (
        _("It is out of force already"),
        _("No metadata of it counts."),
        _("Look at its history."),
    ),
    "metadata.several_wait": (
        _("Several versions wait"),
        _("More than one source has brought a version."),
        _("Choose one of them in its history."),
    ),
    "alarm.unknown": (
        _("The alarm is over"),
        _("It has ended, or it is not one of this federation."),
        _("Look at the list of alarms again."),
    ),
}
