//! Which columns hold numbers.
//!
//! In: the heads of a list and what its source says. Out: the column of a recipient list, or every number column of a
//! list of numbers alone: a person who is on a stop list with any number is not texted. Never: one of several, taken
//! silently.

use std::path::Path;

use crate::campaign::clip;
use crate::model::{Diagnostic, snake_case};

use super::diagnostics::MISSING_COLUMN;

/// Heads of number columns in exports, in lower case, without diacritics, spaces and marks.
const USUAL: &str = "msisdn phone phonenumber phoneno number mobile mobilephone mobilephonenumber mobilenumber mobileno tel \
    telno telnr telephone telephonenumber cell cellphone cellnumber cellphonenumber sms smsnumber smsphonenumber \
    defaultaddressphone phone1value contactphone contactnumber primaryphone \
    mobil mobilnummer mobilnr mobiltelefon mobiltelefonnummer mobiltlf telefon telefonnummer telefonnr telefonnumber tlf tlfnr \
    handy handynummer mobilfunknummer mobilfunk rufnummer \
    portable telephoneportable telephonemobile numerodetelephone numeromobile \
    telefono movil celular telefonomovil numerodetelefono numerodecelular telefone telemovel \
    cellulare numeroditelefono numerocellulare telefonocellulare \
    telefoon telefoonnummer mobiel mobielnummer gsm gsmnummer \
    puhelin puhelinnumero matkapuhelin matkapuhelinnumero gsmnumero \
    numertelefonu komorka telefonkomorkowy telefonnicislo ceptelefonu";

/// Whether a head is one that number columns have.
pub fn is_usual(head: &str) -> bool {
    // Half a quote around a head says that the cells below it are not what they seem.
    if head.contains(['\'', '"', '`']) {
        return false;
    }
    let name = snake_case(head).unwrap_or_else(|| head.to_lowercase());
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    USUAL.split_ascii_whitespace().any(|usual| usual == name)
}

/// The columns with a usual name; none or several is for the caller to judge.
pub(super) fn usual_columns(heads: &[String]) -> Vec<usize> {
    let usual = heads.iter().enumerate().filter(|(_, head)| is_usual(head));
    usual.map(|(at, _)| at).collect()
}

/// Several columns that could be meant.
pub(super) fn several(heads: &[String], candidates: &[usize], file: &Path) -> Diagnostic {
    let named: Vec<String> = candidates
        .iter()
        .filter_map(|at| heads.get(*at))
        .map(|head| format!("`{}`", clip(head)))
        .collect();
    let first = candidates
        .first()
        .and_then(|at| heads.get(*at))
        .map_or("", String::as_str);
    let message = format!(
        "several columns of `{}` can hold the number: {}",
        file.display(),
        named.join(", ")
    );
    Diagnostic::error(&MISSING_COLUMN, message)
        .hint(format!("say which one in the source: `number: \"{}\"`", clip(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_exports_are_known() {
        for head in [
            "Phone Number",
            "Mobile Phone Number",
            "Mobilnummer",
            "Mobil",
            "Mobiltelefon",
            "Telefonnummer",
            "Telefon",
            "Cell",
            "Handynummer",
            "MSISDN",
            "phone_number",
            "Tel.",
            "Téléphone",
            "Teléfono",
            "Número de teléfono",
            "SMS",
            "Default Address Phone",
            "Phone 1 - Value",
        ] {
            assert!(is_usual(head), "{head}");
        }
        for head in [
            "first_name",
            "SMS Consent",
            "phone type",
            "Ort",
            "customer_number",
            "Accepts SMS Marketing",
            "msisdn'",
        ] {
            assert!(!is_usual(head), "{head}");
        }
    }
}
