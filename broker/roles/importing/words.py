"""Every reason that a file or a row is refused for, and every remark, in words for people.

`{value}` is what the cell says. The cell itself is told by `said`, so the words need not.
"""

from collections.abc import Mapping

from broker.roles.grants.words import WORDS as GRANT_WORDS
from broker.roles.importing.rows import Message
from broker.saml.entities import Localised

# The file as a whole.
FILE_WORDS: Mapping[str, Localised] = {
    "import.size": Localised(
        "Filen er større end 5 MB. Del den op.", "The file is larger than 5 MB. Divide it."
    ),
    "import.empty": Localised("Filen er tom.", "The file is empty."),
    "import.old_excel": Localised(
        "Filen er et gammelt Excel-ark (.xls) eller beskyttet med adgangskode. Gem den som .xlsx "
        "uden adgangskode eller som CSV.",
        "The file is an old Excel workbook (.xls) or protected by a password. Save it as .xlsx "
        "without a password, or as CSV.",
    ),
    "import.not_xlsx": Localised(
        "Filen er ikke et Excel-ark. Gem den som .xlsx eller CSV.",
        "The file is no Excel workbook. Save it as .xlsx or CSV.",
    ),
    "import.broken": Localised(
        "Excel-arket kan ikke læses. Åbn det i Excel, gem det igen, og prøv så igen.",
        "The workbook can't be read. Open it in Excel, save it again, and retry.",
    ),
    "import.encrypted": Localised(
        "Excel-arket er krypteret. Gem det uden adgangskode.",
        "The workbook is encrypted. Save it without a password.",
    ),
    "import.zip_bomb": Localised(
        "Excel-arket er for stort eller pakket på en måde, som vi ikke åbner. Kopiér cellerne til "
        "et nyt ark, og gem det.",
        "The workbook is too large, or packed in a way that we don't open. Copy the cells into a "
        "new workbook and save that.",
    ),
    "import.macros": Localised(
        "Excel-arket indeholder makroer. Gem det som .xlsx uden makroer.",
        "The workbook holds macros. Save it as .xlsx without macros.",
    ),
    "import.external_links": Localised(
        "Excel-arket henter data fra andre filer. Kopiér cellerne som værdier til et nyt ark.",
        "The workbook takes data from other files. Copy the cells as values into a new workbook.",
    ),
    "import.embedded": Localised(
        "Excel-arket indeholder andre filer. Kopiér cellerne til et nyt ark.",
        "The workbook has other files inside. Copy the cells into a new workbook.",
    ),
    "import.dtd": Localised(
        "Excel-arket er lavet på en måde, som vi ikke åbner. Kopiér cellerne til et nyt ark.",
        "The workbook is made in a way that we don't open. Copy the cells into a new workbook.",
    ),
    "import.encoding": Localised(
        "Filens tegn kan ikke læses. Gem den som CSV UTF-8.",
        "The characters of the file can't be read. Save it as CSV UTF-8.",
    ),
    "import.csv": Localised(
        "CSV-filen kan ikke læses: en linje har anførselstegn, der ikke passer sammen.",
        "The CSV file can't be read: quotation marks of a line do not match.",
    ),
    "import.rows": Localised(
        "Filen har mere end 10.000 rækker, eller der står noget langt nede i arket. Del den op, "
        "eller slet de tomme rækker nederst.",
        "The file has more than 10,000 rows, or something far down the sheet. Divide it, or delete "
        "the empty rows at the bottom.",
    ),
    "import.columns": Localised(
        "Filen har mere end 64 kolonner.", "The file has more than 64 columns."
    ),
    "import.sheets": Localised(
        "Excel-arket har mere end 10 faner.", "The workbook has more than 10 sheets."
    ),
    "import.heading_unknown": Localised(
        "En kolonne har en overskrift, som vi ikke kender. Ret den efter skabelonen, eller slet "
        "kolonnen.",
        "A column has a heading that is not known. Correct it by the template, or delete the "
        "column.",
    ),
    "import.heading_twice": Localised(
        "To kolonner har samme overskrift.", "Two columns have the same heading."
    ),
    "import.heading_missing": Localised(
        "En nødvendig kolonne mangler. Brug skabelonen.",
        "A column that is needed is missing. Use the template.",
    ),
    # What is done with a batch.
    "import.unknown": Localised("Importen findes ikke.", "There is no such import."),
    "import.state": Localised(
        "Det kan ikke gøres med importen, som den er nu.",
        "That can't be done to the import as it stands now.",
    ),
    "import.old": Localised(
        "Forhåndsvisningen er mere end en uge gammel. Upload filen igen.",
        "The preview is more than a week old. Upload the file again.",
    ),
    "import.has_errors": Localised(
        "Nogle rækker har fejl. Ret dem, eller vælg at bruge de gyldige rækker alene.",
        "Some rows have errors. Correct them, or choose to use the valid rows only.",
    ),
    "import.row_failed": Localised(
        "En række kan ikke længere gennemføres, så intet er ændret. Upload filen igen.",
        "A row can't be carried out any more, so nothing was changed. Upload the file again.",
    ),
    "import.confirmation": Localised(
        "Mange mister adgang. En anden administrator skal bekræfte importen først.",
        "Many people lose access. Another administrator has to confirm the import first.",
    ),
    "import.same_person": Localised(
        "Importen skal bekræftes af en anden end den, der uploadede filen.",
        "The import has to be confirmed by somebody other than who uploaded it.",
    ),
    "import.undo_late": Localised(
        "En import kan kun fortrydes i 24 timer.",
        "An import can be taken back for 24 hours only.",
    ),
}

# One row, or one cell of it.
ROW_WORDS: Mapping[str, Localised] = {
    "import.cpr": Localised(
        "Cellen ligner et CPR-nummer. CPR-numre må ikke stå i filen; rækken er ikke læst.",
        "The cell looks like a CPR number. No CPR number may be in the file; the row was not read.",
    ),
    "import.formula": Localised(
        "Cellen er en formel. Indsæt værdien i stedet.",
        "The cell is a formula. Put the value there instead.",
    ),
    "import.cell_error": Localised(
        "Cellen viser en fejl fra regnearket.", "The cell shows an error of the spreadsheet."
    ),
    "import.digits": Localised(
        "Tallet har flere cifre, end et regneark husker. Gør kolonnen til tekst, og skriv det "
        "igen.",
        "The number has more digits than a spreadsheet keeps. Make the column text, and write it "
        "again.",
    ),
    "import.cell_long": Localised(
        "Cellen har mere end 1.000 tegn.", "The cell has more than 1,000 characters."
    ),
    "import.account": Localised(
        "Kontoen »{value}« er ikke et kontonummer fra os.",
        "The account “{value}” is no account number of ours.",
    ),
    "import.account_unknown": Localised(
        "Kontoen findes ikke i organisationen.", "There is no such account in the organisation."
    ),
    "import.professional_uuid": Localised("Det er ikke et UUID.", "That is no UUID."),
    "import.rid": Localised("Det er ikke et RID-nummer.", "That is no RID number."),
    "import.nobody": Localised(
        "Rækken siger ikke, hvem den gælder: skriv konto, professionelt UUID eller RID. Et navn er "
        "ikke nok.",
        "The row does not say whom it is about: write an account, a professional UUID or a RID. A "
        "name is not enough.",
    ),
    "import.two_people": Localised(
        "Rækkens numre hører til to forskellige personer.",
        "The numbers of the row belong to two different people.",
    ),
    "import.not_linked": Localised(
        "Nummeret er ikke knyttet til kontoen. Knyt det på personens side først.",
        "The number is not linked to the account. Link it on the person's page first.",
    ),
    "import.elsewhere": Localised(
        "Nummeret hører til en person i en anden organisation.",
        "The number belongs to a person of another organisation.",
    ),
    "import.left": Localised("Personen er fratrådt.", "The person has left."),
    "import.name_needed": Localised(
        "Personen er ny: skriv et navn.", "The person is new: write a name."
    ),
    "import.person": Localised(
        "Navn, e-mail eller enhed kan ikke bruges ({value}).",
        "Name, mail address or unit can't be used ({value}).",
    ),
    "import.email": Localised(
        "»{value}« er ikke en e-mailadresse.", "“{value}” is no mail address."
    ),
    "import.unit": Localised("»{value}« er ikke en SOR-kode.", "“{value}” is no SOR code."),
    "import.date": Localised(
        "»{value}« er ikke en dato. Skriv dd-mm-åååå.",
        "“{value}” is no date. Write dd-mm-yyyy.",
    ),
    "import.period": Localised(
        "Slutdatoen ligger før startdatoen.", "The end is before the beginning."
    ),
    "import.scopes": Localised(
        "Afgrænsningen kan ikke læses. Skriv type=kode, og + efter koden for alt derunder.",
        "The delimitation can't be read. Write type=code, and + after the code for everything "
        "below.",
    ),
    "import.role_half": Localised(
        "Skriv både tjeneste og rolle.", "Write both the service and the role."
    ),
    "import.service_unknown": Localised(
        "Tjenesten »{value}« findes ikke.", "There is no service “{value}”."
    ),
    "import.role_unknown": Localised(
        "Rollen »{value}« findes ikke i tjenesten.", "The service has no role “{value}”."
    ),
    "import.four_eyes": Localised(
        "Rollen skal godkendes af flere, så den kan ikke gives eller forlænges med en fil. Gør "
        "det på personens side.",
        "The role takes the approval of several people, so no file gives or extends it. Do it "
        "on the person's page.",
    ),
    "import.row_twice": Localised(
        "Rækken siger det samme som række {value}.", "The row says the same as row {value}."
    ),
    "import.since": Localised(
        "En tildeling kan ikke begynde en anden dag. Afslut den, og giv en ny.",
        "A grant can't begin on another day. End it, and give a new one.",
    ),
    "import.may_not_add": Localised(
        "Du kan ikke oprette personer i den enhed.", "You can't add people to that unit."
    ),
    "import.may_not_change": Localised(
        "Du kan ikke ændre den person.", "You can't change that person."
    ),
    "import.changed_since": Localised(
        "Nogen har ændret det siden forhåndsvisningen eller importen.",
        "Somebody has changed it since the preview or the import.",
    ),
    "import.person_changed": Localised(
        "Personens oplysninger er ændret siden importen og bliver, som de er.",
        "What is said of the person was changed since the import, and stays as it is.",
    ),
    "import.account_kept": Localised(
        "Kontoen er taget i brug siden importen og bliver.",
        "The account has been used since the import, and stays.",
    ),
    # Remarks, which keep nothing from being done.
    "import.missing_row": Localised(
        "Filen har ingen række om tildelingen, så den afsluttes.",
        "No row of the file is about the grant, so it ends.",
    ),
    "import.since_now": Localised(
        "Startdatoen er passeret: tildelingen begynder nu.",
        "The beginning has passed: the grant begins now.",
    ),
}
WORDS: Mapping[str, Localised] = {**FILE_WORDS, **ROW_WORDS}

_NOT_ALLOWED = Localised("Det må du ikke.", "You may not do that.")


def said(message: Message) -> Localised:
    """A message of a row in words, after the cell or the row that it is about."""
    words = ROW_WORDS.get(message.code) or GRANT_WORDS.get(message.code)
    if words is None:
        words = (
            _NOT_ALLOWED if message.code.startswith("permission.") else WORDS["import.row_failed"]
        )
    where = f"{message.cell}: " if message.cell else ""
    return Localised(
        where + words.da.replace("{value}", message.value).replace("{what}", message.value),
        where + words.en.replace("{value}", message.value).replace("{what}", message.value),
    )
