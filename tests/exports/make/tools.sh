#!/usr/bin/env bash
# Miller, jq, PHP, Ruby, Perl's Text::CSV_XS.
#
# Expected: RFC 4180 from all but jq's @tsv and Miller's TSV, which write `\n` and `\t`; PHP's fputcsv leaves a quote after a
#   backslash as it is (its `escape`, on by default), which no other program reads.
# Otherwise: Miller writes JSON's null as `null`.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd); out=$(realpath "${1:-$make/..}"); people=$make/people.json
mlr --ijson --ocsv cat "$people" > "$out/miller.csv"
mlr --ijson --otsv cat "$people" > "$out/miller.tsv"
mlr --ijson --ocsv --quote-all cat "$people" > "$out/miller-quote-all.csv"
jq -r '(.[0] | keys_unsorted), (.[] | [.[]]) | @csv' "$people" > "$out/jq.csv"
jq -r '(.[0] | keys_unsorted), (.[] | [.[]]) | @tsv' "$people" > "$out/jq.tsv"
php -r '$people = json_decode(file_get_contents($argv[1]), true); foreach ([["php-fputcsv.csv", "\\"], ["php-fputcsv-no-escape.csv", ""]] as [$name, $escape]) { $file = fopen("$argv[2]/$name", "w"); fputcsv($file, array_keys($people[0]), ",", "\"", $escape); foreach ($people as $person) fputcsv($file, $person, ",", "\"", $escape); }' "$people" "$out"
ruby -rcsv -rjson -e 'people = JSON.parse(File.read(ARGV[0], encoding: "utf-8")); File.write("#{ARGV[1]}/ruby.csv", CSV.generate { |csv| csv << people[0].keys; people.each { |person| csv << person.values } })' "$people" "$out"
perl -MText::CSV_XS -MJSON::PP -e 'local $/; open my $in, "<", $ARGV[0]; my $people = decode_json(<$in>); my $csv = Text::CSV_XS->new({binary => 1, eol => "\r\n"}); open my $out, ">:encoding(utf8)", "$ARGV[1]/perl-text-csv.csv"; my @heads = qw(msisdn first_name note); $csv->print($out, \@heads); $csv->print($out, [@$_{@heads}]) for @$people;' "$people" "$out"
# The one place where fputcsv's `escape` shows: a backslash right before a quote.
php -r '$file = fopen($argv[1], "w"); fputcsv($file, ["msisdn", "note"], ",", "\"", "\\"); fputcsv($file, ["+46701740605", "5\\\" pipe, new"], ",", "\"", "\\");' "$out/php-fputcsv-backslash.csv"
