"""What somebody has, and asks for: their own accesses and nobody else's.

working   the services that the pages call, made of the office
naming    roles, units and people by the names that people know
days      days as people write them
done      what was just done, in a sentence
whom      who decides a request, by name
finding   search in plain words, and what colleagues have
overview  what I have, what ends, what is on its way
asking    pick roles; picking narrows them (narrowing is what there is to choose)
sending   when and why, check your answers, the receipt
tracking  my requests: where they are, withdraw, answer
holding   one role of mine: extend it, give it back
knowing   ways to log in, remembered choices, my data (dossier)
beginning the first visit of somebody without an account
views     the list of pages
"""
