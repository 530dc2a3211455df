"""`make soak`: honest people and attackers at one broker for as long as one likes.

    __main__   the command: quiet first, then loaded, then the verdict
    people     honest logins at a steady rate, each timed
    attackers  hostile messages of every kind, at a bounded rate, from many addresses; in a
               process of their own, so that what they forge takes no time from people
    watching   memory of each worker, statuses, audit rows
    verdict    what has to hold, and the lines that say whether it does

The broker is the shipped one: `broker serve` behind nginx as deploy/nginx.conf has it.
"""
