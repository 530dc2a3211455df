"""People and grants from a spreadsheet: shown first, then applied as one, and undone for a day.

    spreadsheet  what every reader gives: headings, rows and cells, with the limits of all of them
    csv_reading  CSV as Danish offices write it
    xlsx_reading XLSX, opened as if it were hostile
    headings     which columns there are, in both languages
    cells        dates and delimitations as people write them
    rows         one row as what it asks for, or why it cannot be understood
    words        every reason, in Danish and English
    planning     what each row would do, compared with what is there
    store        every statement on batches and their rows
    service      preview, confirm, apply, undo
    underway     long ones while they are carried out, for whoever looks on
    template     the file to fill in, with the codes that are allowed

A person is known by a professional UUID, a RID or our own account number, never by a name.
Identifiers from outside are hashed where they are read and kept in no other form.
"""
