"""What `broker check --security` says: the libraries inside, and that they do what they should."""

import click

from broker.cli.context import settings_of
from broker.cli.printing import print_table
from broker.clock import system_clock
from broker.db import make_engine
from broker.errors import BrokerError
from broker.metadata.keyring import load_keys
from broker.metadata.registry import RegistryCache
from broker.saml.libraries import KNOWN_BAD, UNKNOWN, check_libraries
from broker.saml.selftest import round_trip


def examine() -> None:
    """Print each library with what it must be, then sign, encrypt, decrypt and verify.

    With the keys of each federation. Exit status 1 where a message does not survive it.
    """
    found = check_libraries()
    rows = []
    for name, version in found.items():
        least = [bad.fixed for bad in KNOWN_BAD if bad.library == name and bad.since == "0"]
        note = "linked by the system" if version == UNKNOWN else ""
        rows.append([name, version, least[0] if least else "", note])
    print_table(("library", "version", "at least", ""), rows)
    settings, now = settings_of(), system_clock()
    registry = RegistryCache(make_engine(settings.database_url), settings.origin).current()
    for home in registry.federations:
        keys = load_keys(settings.keys, home)
        try:
            round_trip(keys.idp_signing, keys.sp_decryption[0], now)
        except BrokerError as error:
            click.secho(f"wrong  {home.path}: {error.detail} ({error.code})", fg="red", err=True)
            raise SystemExit(1) from error
        click.echo(f"{home.path}: signed, encrypted, decrypted and verified; a change was seen.")
