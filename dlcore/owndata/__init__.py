"""Data sets of one's own: tables, images, series and texts that a person brings, read, kept and found like the built-in ones.

`shelf` finds what is kept and `keeping` keeps it; both are light, since every process that reads an experiment finds data sets here.
What reads files of strangers (pandas, pyarrow, openpyxl) is imported inside the functions that need it.
"""
