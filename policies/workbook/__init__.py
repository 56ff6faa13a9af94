"""The workbook: a second writing of the policy tables, for people at home in Excel (docs/officials).

sheets.yaml, sheets.py   which sheets and columns there are, in which words
book.py                  the tables' files ↔ rows; documents, conditions, payments, vocabulary, cases, answers: by sheet
cells.py, names.py       what a person writes into a cell; names of facts and choices
writing.py, reading.py   rows ↔ an .xlsx file or the CSV file of a sheet
guard.py                 looks at a file before anything reads it
annotating.py            faults as comments on the cells of a copy
"""
