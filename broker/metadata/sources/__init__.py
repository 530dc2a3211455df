"""Where metadata comes from by itself, and what a person has to say to it.

    model      a source, its policy, what a refresh did, an alarm
    registering
               sources that are added and forgotten
    store      SQL: sources, versions in bulk, alarms
    intake     what becomes of each entity of a feed: decided first, then written in one go
               by `writing`
    refresh    fetch, read, judge, take in; `due` and `refresh_due` are for whoever runs jobs;
               `telling` has what it tells
    watching   what goes wrong by the clock alone: a feed or a document that runs out
    alarms     raised once however often they are seen, acknowledged by a person
    approving  what waits: approve, reject, withdraw, and from when it counts

The promise: what a source says never takes a working partner away, and what nobody vouched
for counts only when a person has said so. Nothing here runs while somebody signs in.
"""
