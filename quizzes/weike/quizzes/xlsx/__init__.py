"""The cells of an Excel workbook, read straight from its XML within bounds."""
