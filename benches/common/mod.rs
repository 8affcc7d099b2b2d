//! Lists for benchmarks: the same for everybody, made anew each time.

/// Names as they are in Sweden; one in twelve needs UCS-2.
const NAMES: [&str; 12] = [
    "Anna",
    "Björn",
    "Åsa",
    "Lars",
    "Märta",
    "Johan",
    "Elin",
    "Karl-Gustav",
    "Sofía",
    "José",
    "Nils",
    "Łucja",
];
const CITIES: [&str; 6] = ["Stockholm", "Göteborg", "Malmö", "Umeå", "Uppsala", "Örebro"];

/// `msisdn,first_name,last_name,city,tier,points`: so many rows, no number twice, in no order.
pub(crate) fn list(rows: u64) -> Vec<u8> {
    let mut text = String::with_capacity(usize::try_from(rows).unwrap_or(0) * 64);
    text.push_str("msisdn,first_name,last_name,city,tier,points\n");
    for row in 0..rows {
        // A bijection of the row's number: 46 70, 72, 73, 76 and 79 each hold ten million mobiles.
        let mixed = row.wrapping_mul(6_364_136_223_846_793_005).rotate_right(29);
        let scattered = row * 7_368_787 % 50_000_000;
        let head = [70, 72, 73, 76, 79][usize::try_from(scattered / 10_000_000).unwrap_or(0)];
        let pick = |from: &[&'static str], shift: u32| from[usize::try_from(mixed >> shift).unwrap_or(0) % from.len()];
        let tier = if mixed % 10 == 0 { "gold" } else { "basic" };
        text.push_str(&format!(
            "46{head}{:07},{},{}sson,{},{tier},{}\n",
            scattered % 10_000_000,
            pick(&NAMES, 8),
            pick(&NAMES, 16),
            pick(&CITIES, 24),
            mixed % 5000,
        ));
    }
    text.into_bytes()
}

/// The same list with quotes around the text cells of every other row, and a comma within one in ten of them.
pub(crate) fn quoted_list(rows: u64) -> Vec<u8> {
    let plain = list(rows);
    let mut text = Vec::with_capacity(plain.len() * 2);
    for (at, line) in plain.split(|byte| *byte == b'\n').enumerate() {
        let cells = line.split(|byte| *byte == b',').enumerate();
        for (column, cell) in cells {
            if column > 0 {
                text.push(b',');
            }
            let is_quoted = at % 2 == 1 && (1..5).contains(&column);
            if !is_quoted {
                text.extend_from_slice(cell);
                continue;
            }
            text.push(b'"');
            text.extend_from_slice(cell);
            if at % 20 == 1 && column == 3 {
                text.extend_from_slice(b", center");
            }
            text.push(b'"');
        }
        text.push(b'\n');
    }
    text
}

/// Five variables and one `if`.
pub(crate) const TEMPLATE: &str = "Hi {{ first_name }} {{ last_name }}! {% if tier == 'gold' %}As a gold member you get 30 % off{% else %}You get 20 % off{% endif %} in our {{ city }} shop this Friday. You have {{ points }} points. STOP: reply STOP";
