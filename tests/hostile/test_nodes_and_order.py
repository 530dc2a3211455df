"""P5: what is taken depends on the message alone, not on the node, a restart, or what came before."""

import random

import pytest
from lxml import etree

from tests.box import code_of, start
from tests.hostile.conftest import Scene
from tests.hostile.test_context import ROWS as CONTEXT
from tests.hostile.test_flow import cookies, give
from tests.hostile.test_wrapping import ROWS as WRAPPING


@pytest.mark.parametrize("seed", range(2))
def test_the_same_answers_on_every_node_in_any_order(scene: Scene, seed: int) -> None:
    forge = scene.at("legacy")
    held = cookies(scene.browser)
    messages = {name: etree.tostring(build(forge)) for name, build, _ in WRAPPING}
    messages |= {
        name: forge.but(**change).xml()
        for name, change, _ in CONTEXT
        if not any(isinstance(value, int) for value in change.values())
    }
    expected = {name: code for name, _, code in (*WRAPPING, *CONTEXT)}
    nodes = [scene.box, start(scene.box.settings, scene.box.clock)]
    order = list(messages)
    random.Random(seed).shuffle(order)  # noqa: S311  # an order, not a secret
    found = {}
    for number, name in enumerate(order):
        node = nodes[number % 2]
        browser = node.browser()
        give(browser, held)
        found[name] = code_of(node.deliver(browser, messages[name]))
    assert found == {name: expected[name] for name in found}
    assert len(found) > 60
    last = nodes[1].browser()
    give(last, held)
    assert code_of(nodes[1].deliver(last, forge.xml())) == "", "nothing of it was used up"
