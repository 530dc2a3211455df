"""One session for each browser and federation: who logged in, and which services were told. R19.

model   what a session remembers, and how it is written down
cookie  the browser's half: which session, and the key that opens what we remember of the person
store   the rows, with nothing in them that tells who the person is

What an identity provider said of a person is encrypted under a key that only the cookie
holds. Names that services and identity providers know the person by are sealed with the
installation's own keys, since a logout may come without the browser.
"""
