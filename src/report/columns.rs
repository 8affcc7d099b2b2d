//! Rows of words in columns, for a terminal.

/// Every row on a line, its cells two spaces apart and filled up to the widest of their column.
pub fn in_columns<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |cell: &String| cell.chars().count();
    let mut widest = [0; N];
    for row in rows {
        for (most, cell) in widest.iter_mut().zip(row) {
            *most = width(cell).max(*most);
        }
    }
    let line = |row: &[String; N]| {
        let filled = row.iter().zip(widest).map(|(cell, most)| format!(" {cell:<most$} "));
        format!("{}\n", filled.collect::<String>().trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_wide_as_the_widest_of_their_column() {
        let rows = [["NAME", "COUNT"], ["Åsa", "1"], ["a longer name", "1,000"]];
        let text = in_columns(&rows.map(|row| row.map(str::to_owned)));
        let expected = " NAME           COUNT\n Åsa            1\n a longer name  1,000\n";
        assert_eq!(text, expected);
    }
}
