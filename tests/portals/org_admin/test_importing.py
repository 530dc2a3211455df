"""Spreadsheets: shown first, applied whole or in part, confirmed, taken back."""

import time

from tests.portals.org_admin.uploading import counts, faulty, newcomer, upload, workbook
from tests.portals.visiting import House, text


def test_try(house: House) -> None:
    bodil = house.enter("bodil")
    rows = [newcomer(n) for n in range(493)] + faulty(600)
    t = time.time()
    page = upload(bodil, workbook(rows))
    print("preview", time.time() - t, page.status, page.url)
    print(text(page)[:1500])
    print(counts(page))
    t = time.time()
    done = bodil.send(bodil.open(page.url + "/apply"), {"mode": "valid", "reason": "ansat"})
    print("apply", time.time() - t, done.status, done.url)
    print(text(done)[:1200])
    t = time.time()
    done = bodil.send(bodil.open(page.url + "/undo"), {"reason": "forkert fil"})
    print("undo", time.time() - t, done.status, done.url)
    print(text(done)[:1200])
    assert 0
