"""Every setting is described where an administrator looks for it, and nothing else is."""

import ast
import dataclasses
import re

from broker.settings import SETTINGS, Settings
from tests.house import repository

EXAMPLE = repository.ROOT / "deploy" / "env.example"

# A folder of published metadata that the tests read where there is one; no setting of a node.
NOT_SETTINGS = {"BROKER_SAMPLES"}


def test_env_example_lists_every_setting_and_no_other() -> None:
    written = re.findall(r"^#? ?(BROKER_[A-Z0-9_]+)=", EXAMPLE.read_text(), flags=re.MULTILINE)
    assert sorted(written) == sorted(setting.name for setting in SETTINGS)


def test_every_setting_has_a_field_and_every_field_a_setting() -> None:
    names = {setting.name.removeprefix("BROKER_").lower() for setting in SETTINGS}
    assert names == {field.name for field in dataclasses.fields(Settings)}


def test_every_setting_says_what_it_is_for() -> None:
    assert not [setting.name for setting in SETTINGS if not setting.purpose.strip()]


def test_the_code_speaks_of_no_setting_that_does_not_exist() -> None:
    spoken = {
        (name, str(path))
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in re.findall(r"BROKER_[A-Z0-9_]*[A-Z0-9]", node.value)
    }
    known = {setting.name for setting in SETTINGS} | NOT_SETTINGS
    assert not {entry for entry in spoken if entry[0] not in known}
