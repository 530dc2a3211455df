"""Versions of documents by number: their bytes, and those that count from an instant on.

store   SQL; `settle` writes down what came into force by the clock meanwhile
"""
