"""Lists of national numbers, drawn by chance, read by the program and judged by libphonenumber. Not part of CI.

    tests/tables/national_lists.py TARGET/campanile

For each country: a list of 4,000 numbers that can be mobiles, as the library writes them nationally, and a suppression list
of the same people with their country code. Expected: every row is read (at most one in a thousand refused) and every
person is suppressed: one who is not has been misread.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

COUNTRIES = "US CA CN BR IT MX AU NO SE CO IN GR HK DK CZ PT DE FR GB ES FI AR PL NL JP ZA".split()
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
ROWS = 4000


def drawn(country, chance):
    """Numbers of a country: random digits behind the first two digits of valid ones, kept where the library says mobile."""
    metadata = PhoneMetadata.metadata_for_region(country)
    lengths = metadata.mobile.possible_length or metadata.general_desc.possible_length
    heads, found = [], {}
    while len(found) < ROWS:
        length = chance.choice(lengths)
        head = chance.choice(heads) if heads and chance.random() < 0.9 else ""
        national = head + "".join(chance.choice("0123456789") for _ in range(length - len(head)))
        number = phonenumbers.PhoneNumber(country_code=metadata.country_code, national_number=int(national))
        if national[0] == "0" or phonenumbers.region_code_for_number(number) != country:
            continue
        if phonenumbers.number_type(number) in MOBILE:
            if len(heads) < 300:
                heads.append(national[:2])
            found[national] = number
    return list(found.values())


def project(folder, country, numbers, written):
    (folder / "campaigns").mkdir()
    (folder / "campanile.yaml").write_text(
        "namespace: t\nproviders: { sandbox: { kind: sandbox } }\ntimezone: UTC\nsuppressions: [stop.csv]\n"
    )
    (folder / "campaigns/c.yaml").write_text(
        f"sender: ACME\ncategory: service\nbody: Hi\nrecipients: [{{ csv: list.csv, country: '{country}', on_invalid: skip }}]\n"
        "delivery: { windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T19:00 }] }\n"
    )
    rows = [phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if written else
            phonenumbers.national_significant_number(number) for number in numbers]
    (folder / "campaigns/list.csv").write_text("phone\n" + "".join(f'"{row}"\n' for row in rows))
    told = [phonenumbers.format_number(number, PhoneNumberFormat.E164) for number in numbers]
    (folder / "stop.csv").write_text("phone\n" + "".join(f"{row}\n" for row in told))


def main(binary):
    chance, faults = random.Random(20261130), 0
    for country in COUNTRIES:
        numbers = drawn(country, chance)
        for written in (True, False):
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                project(folder, country, numbers, written)
                command = [binary, "-C", name, "--at", "2031-11-20T08:00:00Z", "plan", "--offline", "-o", "json"]
                answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
                told = [one["message"] for one in answer.get("diagnostics", [])]
                refused = sum(int(message.split()[0]) for message in told if " left out: " in message)
                misread = answer.get("summary", {}).get("recipients")
            is_right = "error" not in answer and refused <= ROWS // 1000 and misread == 0
            form = "as written" if written else "digits alone"
            print(f"{country} {form}: refused {refused}, misread {misread}", "" if is_right else "WRONG")
            if not is_right:
                faults += 1
                print("  ", told[:2], answer.get("error"))
    sys.exit(faults and f"{faults} lists are not read as they should be")


if __name__ == "__main__":
    main(str(pathlib.Path(sys.argv[1]).resolve()))
