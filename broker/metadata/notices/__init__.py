"""What people are told of metadata and of changes of our keys, by mail.

    people     whom to write to about a partner, and what it is called
    courses    the dates of a change as one partner meets them, and what it hears now: pure
    office     what every notice needs: words, addresses, and who runs the installation
    reminders  the milestones of every change, looked for again and again
    making     an office made of the settings
    urgent     that a switch was taken back, or a key is known to others
    alarming   alarms, and keys that wait for a person
    expiring   certificates that run out, partners' and ours

Urgent ones and alarms are handed to the services that decide, and are written in the transaction
of what they tell; the others are jobs. The outbox knows who heard of what, so that whoever asks
again, late or at the same time as another, tells nobody twice.
"""
