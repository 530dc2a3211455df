"""Changes of certificates as two portals see them: the owner one service, the operator all.

words     what levels, phases, reasons and exceptions are called
board     the services below, with what this person may have them do
standing  all that the owner's page shows of one service
history   what was said, tried and decided about one service, in order of time
live      what happens at each service on the day, and whom to take back
"""
