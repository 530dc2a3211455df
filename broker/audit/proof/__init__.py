"""Proof that the trail is as it was written: seals, heads, what verifies them, and what may go.

    model      a seal, a head, a fault: what is signed, and what was found
    keys       the key that signs, one after another, and the public ones that verify
    checking   the first record of a chain that is not as it was written. Pure
    store      the chains and their seals
    signing    blocks sealed, heads exported
    verifying  the whole trail, from the database
    copies     the trail as JSON Lines that anybody can verify, and what verifies them
    removing   whole sealed blocks that are older than the rule, with a signed tombstone

Whoever can write in the database can make a chain of hashes that follows. They cannot make a
seal, nor take back a head that was exported; the key for both lies where the jobs run. R12.
"""
