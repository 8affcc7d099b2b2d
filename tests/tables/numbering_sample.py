"""Writes src/audience/numbering_sample.txt: digests of what libphonenumber itself says of numbers drawn by chance.

In: the library. Out: for each calling code a digest over its answers on two thousand draws that the Rust test repeats:
what a number is read as, whose it is and of what kind. Digests, because a number drawn by chance may be somebody's.
"""

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

import table

LETTERS = {
    PhoneNumberType.PREMIUM_RATE: "p", PhoneNumberType.TOLL_FREE: "t", PhoneNumberType.SHARED_COST: "s",
    PhoneNumberType.VOIP: "v", PhoneNumberType.PERSONAL_NUMBER: "n", PhoneNumberType.PAGER: "g",
    PhoneNumberType.UAN: "u", PhoneNumberType.VOICEMAIL: "c", PhoneNumberType.FIXED_LINE: "f",
    PhoneNumberType.MOBILE: "m", PhoneNumberType.FIXED_LINE_OR_MOBILE: "b",
}


def said_of(digits):
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return "-"
    if not phonenumbers.is_valid_number(number):
        return "-"
    told = phonenumbers.format_number(number, PhoneNumberFormat.E164).lstrip("+")
    country = phonenumbers.region_code_for_number(number)
    return f"{told} {country} {LETTERS[phonenumbers.number_type(number)]}"


DRAWS = 2000
MASK = (1 << 64) - 1


class Chance:
    """A linear congruential generator, the same as in the test."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return (self.state >> 33) % bound


def draws(code):
    chance = Chance(code)
    for _ in range(DRAWS):
        length = 4 + chance.below(12 - len(str(code)))
        yield str(code) + "".join(str(chance.below(10)) for _ in range(length))


def digest(answers):
    """FNV-1a, 64 bits."""
    value = 0xCBF29CE484222325
    for byte in "".join(f"{answer}\n" for answer in answers).encode():
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


def text():
    lines = [
        "# Digests of what libphonenumber says of numbers drawn by chance: calling code, numbers that exist, digest.",
        f"# PyPI phonenumbers {phonenumbers.__version__}; written by tests/tables/numbering_sample.py.",
    ]
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        answers = [said_of(digits) for digits in draws(code)]
        lines.append(f"{code} {sum(answer != '-' for answer in answers)} {digest(answers):016x}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table.main("src/audience/numbering_sample.txt", text)
