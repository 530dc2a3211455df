"""SQL of the sources: the sources themselves, versions in bulk, and alarms.

sources   sources, and every document that one of them ever gave us
versions  versions of many entities at a time; what waits, and what was decided
alarms    open alarms, each once
"""
