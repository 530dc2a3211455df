"""Services that ask to be switched later than the others, and what an operator says to it.

    model     what was asked, and the answer
    tables, store
              one row for each time that somebody asks
    service   ask, take back, grant, decline; each with its audit row

Granting is `override … late` of `broker.metadata.rollover` in the same transaction's wake: until
it is granted, a service that asked switches with everybody.
"""
