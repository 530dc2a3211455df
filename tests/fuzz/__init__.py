"""Fuzzing of decode, parse and verify, led by what a message reaches in the product.

    target    one input to the reader that it names; anything raised but a refusal is a finding
    driving   under atheris, in a process of its own
    corpus    inputs of our own to begin with, and whatever was found once

`make fuzz MINUTES=10` runs it. Inputs are made by our own factories and nobody else's.
"""
