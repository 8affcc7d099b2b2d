#!/usr/bin/env bash
# R: write.csv, write.csv2, write.table as it comes and for tabs.
#
# Expected: write.csv doubles quotes, writes `NA`, and puts the rows' names first under the head ""; write.csv2 has semicolons;
#   write.table separates by blanks and escapes quotes with a backslash.
# Otherwise: a number that is shorter so is written as `4.67e+10`, in a column whose other numbers are in full.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}")
LC_ALL=C.UTF-8 Rscript - "$out" <<'R'
out <- commandArgs(TRUE)[1]
people <- data.frame(
  msisdn = paste0("+467017406", c("05", "06", "07", "08", "09", "10")),
  first_name = c("Åsa", "Li, Bo", "Ann \"Nan\" Berg", "Eva", NA, ""),
  note = c("plain", "a;b|c\td", "C:\\new \"x\"", "line one\nline two", NA, " padded ")
)
write.csv(people, file.path(out, "r-write-csv.csv"))
write.csv(people, file.path(out, "r-write-csv-na.csv"), row.names = FALSE, na = "")
write.csv2(people, file.path(out, "r-write-csv2.csv"), row.names = FALSE)
write.table(people, file.path(out, "r-write-table.txt"), row.names = FALSE)
write.table(people, file.path(out, "r-write-table.tsv"), sep = "\t", row.names = FALSE, quote = FALSE)
numbers <- data.frame(msisdn = c(46701740605, 46700000000, 46701740607))
write.csv(numbers, file.path(out, "r-numbers.csv"), row.names = FALSE)
numbers$msisdn <- format(numbers$msisdn, scientific = FALSE)
write.csv(numbers, file.path(out, "r-numbers-as-text.csv"), row.names = FALSE, quote = FALSE)
R
