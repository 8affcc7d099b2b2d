"""The job of a plan in Python, as well as its usual libraries allow: csv, a compiled jinja2 template, phonenumbers,
smsutil, a 128-bit digest a row; on all processors. In: a list and a template. Out: the totals as JSON.

    python job.py a.csv template.txt
"""

import csv
import hashlib
import itertools
import json
import multiprocessing
import sys

import jinja2
import phonenumbers
import smsutil

CHUNK = 5_000
MASK = (1 << 128) - 1


def prepare(source):
    global template
    template = jinja2.Environment(autoescape=False, keep_trailing_newline=False).from_string(source)


def count(rows):
    counted = []
    for row in rows:
        number = phonenumbers.parse("+" + row["msisdn"])
        if not phonenumbers.is_valid_number(number):
            raise SystemExit("a number does not exist")
        number = number.country_code * 10 ** len(str(number.national_number)) + number.national_number
        body = template.render(row)
        split = smsutil.split(body)
        digest = hashlib.blake2b(b"%d\0" % number + body.encode(), digest_size=16).digest()
        counted.append((number, len(split.parts), split.encoding == "gsm0338", int.from_bytes(digest, "little")))
    return counted


def chunks(rows):
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def main():
    source = open(sys.argv[2], encoding="utf-8").read()
    seen, segments, gsm7, fingerprint = set(), 0, 0, 0
    with open(sys.argv[1], newline="", encoding="utf-8") as file, multiprocessing.Pool(
        initializer=prepare, initargs=(source,)
    ) as pool:
        for counted in pool.imap(count, chunks(csv.DictReader(file))):
            for number, parts, is_gsm7, digest in counted:
                if number in seen:
                    continue
                seen.add(number)
                segments += parts
                gsm7 += is_gsm7
                fingerprint = fingerprint + digest & MASK
    people = len(seen)
    print(json.dumps({"people": people, "segments": segments, "gsm7": gsm7, "ucs2": people - gsm7}))


if __name__ == "__main__":
    main()
