"""What leaves the house: sheets, workbooks, reports, training records, posters, charts."""
