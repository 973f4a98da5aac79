//! Many people of the cloud alone, from a CSV file: read and judged whole before any is kept.

use std::collections::HashMap;

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use writeback_model::UserName;

/// The most people in one file.
const PEOPLE_MAX: usize = 200_000;

/// The most characters of a name or an address.
const VALUE_CHARS_MAX: usize = 256;

/// A person as a line has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvPerson {
    /// The line of the file, from 1; the header is one.
    pub line: u64,
    /// `userPrincipalName`.
    pub name: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `mail`.
    pub mail: Option<String>,
    /// `otherMail`, several with `;` between them.
    pub other_mail: Vec<String>,
    /// `mobile`.
    pub mobile: Option<String>,
    /// `preferredLanguage`.
    pub language: Option<String>,
}

/// What is wrong with a line, or with the whole file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct CsvProblem {
    /// Which, from 1.
    pub line: u64,
    /// What, and what to do.
    pub why: String,
}

/// The columns that there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    DisplayName,
    Mail,
    OtherMail,
    Mobile,
    Language,
}

const COLUMNS: [(&str, Column); 6] = [
    ("userPrincipalName", Column::Name),
    ("displayName", Column::DisplayName),
    ("mail", Column::Mail),
    ("otherMail", Column::OtherMail),
    ("mobile", Column::Mobile),
    ("preferredLanguage", Column::Language),
];

/// Reads a file: UTF-8 with or without its mark, columns parted by commas or semicolons.
///
/// # Errors
///
/// Every problem there is, in the order of the lines.
pub fn read_people(file: &[u8]) -> Result<Vec<CsvPerson>, Vec<CsvProblem>> {
    let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    if file.starts_with(b"\xff\xfe") || file.starts_with(b"\xfe\xff") {
        return problem(
            1,
            "the file is UTF-16: save it as `CSV UTF-8 (comma delimited)`",
        );
    }
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted| first.iter().filter(|byte| **byte == wanted).count();
    let delimiter = if count(b';') > count(b',') {
        b';'
    } else {
        b','
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut records = reader.byte_records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        _ => return problem(1, "the file is empty: its first line names the columns"),
    };
    let columns = columns(&header)?;
    let (mut people, mut problems) = (Vec::new(), Vec::new());
    let mut lines: HashMap<String, u64> = HashMap::new();
    for record in records {
        if people.len() + problems.len() == PEOPLE_MAX {
            let why = format!("a file has at most {PEOPLE_MAX} people: split it");
            return problem(0, &why);
        }
        let read = record
            .map_err(|error| CsvProblem {
                line: error.position().map_or(0, csv::Position::line),
                why: "this is no CSV: a quotation mark is not closed, or stands in the wrong place"
                    .to_owned(),
            })
            .and_then(|record| person(&record, &columns, line_of(&record, text)));
        match read {
            Ok(None) => {}
            Ok(Some(person)) => {
                let line = person.line;
                match lines.entry(person.name.to_lowercase()) {
                    std::collections::hash_map::Entry::Occupied(earlier) => {
                        let why = format!("line {} has the same name", earlier.get());
                        problems.push(CsvProblem { line, why });
                    }
                    std::collections::hash_map::Entry::Vacant(free) => {
                        free.insert(line);
                        people.push(person);
                    }
                }
            }
            Err(found) => problems.push(found),
        }
    }
    match problems.is_empty() {
        true => Ok(people),
        false => Err(problems),
    }
}

fn problem<T>(line: u64, why: &str) -> Result<T, Vec<CsvProblem>> {
    let why = why.to_owned();
    Err(vec![CsvProblem { line, why }])
}

fn columns(header: &ByteRecord) -> Result<Vec<Column>, Vec<CsvProblem>> {
    let known = COLUMNS.map(|(name, _)| name).join(", ");
    let mut found = Vec::new();
    for name in header {
        let name = String::from_utf8_lossy(name).trim().to_owned();
        if name.eq_ignore_ascii_case("password") {
            return problem(
                1,
                "passwords are not read from files, where others find them: leave the column out, \
                 and set them with `writeback admin user password`",
            );
        }
        let column = COLUMNS
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(&name));
        let Some((_, column)) = column else {
            let why = format!("there is no column {name:?}; there are {known}");
            return problem(1, &why);
        };
        if found.contains(column) {
            return problem(1, &format!("the column {name} is there twice"));
        }
        found.push(*column);
    }
    match found.contains(&Column::Name) {
        true => Ok(found),
        false => problem(
            1,
            &format!(
                "the first line names the columns, and userPrincipalName among them; there are {known}"
            ),
        ),
    }
}

/// The line of a record. Its position is before the empty lines that the reader passed over.
fn line_of(record: &ByteRecord, text: &[u8]) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.get(from..).unwrap_or_default();
    let passed = rest.iter().take_while(|byte| b"\r\n".contains(byte));
    let empty = passed.filter(|byte| **byte == b'\n').count();
    position.line() + u64::try_from(empty).unwrap_or(0)
}

/// The person of a line; none for an empty one.
fn person(
    record: &ByteRecord,
    columns: &[Column],
    line: u64,
) -> Result<Option<CsvPerson>, CsvProblem> {
    let wrong = |why: String| CsvProblem { line, why };
    let record = StringRecord::from_byte_record(record.clone()).map_err(|error| {
        let field = error.utf8_error().field() + 1;
        wrong(format!(
            "column {field} is not UTF-8: save the file as `CSV UTF-8 (comma delimited)`"
        ))
    })?;
    if record.iter().all(|value| value.trim().is_empty()) {
        return Ok(None);
    }
    if record.len() != columns.len() {
        return Err(wrong(format!(
            "{} columns, and the first line has {}: put values that hold the separator in \
             quotation marks",
            record.len(),
            columns.len()
        )));
    }
    let mut person = CsvPerson {
        line,
        ..CsvPerson::default()
    };
    for (value, column) in record.iter().zip(columns) {
        let value = value.trim();
        if value.chars().any(char::is_control) {
            return Err(wrong("a control character".to_owned()));
        }
        if value.chars().count() > VALUE_CHARS_MAX {
            return Err(wrong(format!(
                "a value has more than {VALUE_CHARS_MAX} characters"
            )));
        }
        let some = (!value.is_empty()).then(|| value.to_owned());
        match column {
            Column::Name => person.name = value.to_owned(),
            Column::DisplayName => person.display_name = some,
            Column::Mail => person.mail = some,
            Column::OtherMail => {
                let parts = value.split(';').map(str::trim);
                person.other_mail = parts
                    .filter(|it| !it.is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            Column::Mobile => person.mobile = some,
            Column::Language => person.language = some,
        }
    }
    if !is_address(&person.name) {
        let name = &person.name;
        return Err(wrong(format!(
            "{name:?} is no user principal name: write it as name@suffix"
        )));
    }
    let mails = person.mail.iter().chain(&person.other_mail);
    match mails.into_iter().find(|it| !is_address(it)) {
        Some(mail) => Err(wrong(format!("{mail:?} is no mail address"))),
        None => Ok(Some(person)),
    }
}

fn is_address(text: &str) -> bool {
    matches!(text.parse(), Ok(UserName::Address { .. })) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(file: &[u8]) -> Vec<String> {
        let problems = read_people(file).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_of_a_spreadsheet_is_read() {
        let file = "\u{feff}userPrincipalName;displayName;otherMail\r\n\
                    petra@example.org;\"Prinz; Petra\";\"p@a.test; q@b.test\"\r\n\r\n\
                    Émile@example.org;;\r\n";
        let people = read_people(file.as_bytes()).unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!(people[0].display_name.as_deref(), Some("Prinz; Petra"));
        assert_eq!(people[0].other_mail, ["p@a.test", "q@b.test"]);
        assert_eq!(
            (people[1].line, people[1].name.as_str()),
            (4, "Émile@example.org")
        );
        assert_eq!(people[1].display_name, None);
    }

    #[test]
    fn every_line_that_is_wrong_is_told_with_its_number() {
        let file = "userPrincipalName,mail\n\
                    ann@example.org,ann\n\
                    bob,\n\
                    carl@example.org,carl@example.org\n\
                    Carl@Example.org,\n\
                    dora@example.org\n\
                    \"eve\u{7}@example.org\",\n";
        assert_eq!(
            why(file.as_bytes()),
            [
                "line 2: \"ann\" is no mail address",
                "line 3: \"bob\" is no user principal name: write it as name@suffix",
                "line 5: line 4 has the same name",
                "line 6: 1 columns, and the first line has 2: put values that hold the separator \
                 in quotation marks",
                "line 7: a control character",
            ]
        );
    }

    #[test]
    fn what_is_no_such_file_says_what_to_do() {
        assert!(why(b"")[0].contains("empty"));
        assert!(why(b"\xff\xfeu\0")[0].contains("UTF-16"));
        assert!(why(b"userPrincipalName\nJ\xf6rg@example.org\n")[0].contains("not UTF-8"));
        assert!(why(b"name\nx@y.test\n")[0].contains("there is no column \"name\""));
        assert!(why(b"displayName\nx\n")[0].contains("userPrincipalName"));
        assert!(why(b"mail,mail\nx,y\n")[0].contains("twice"));
        assert!(
            why(b"userPrincipalName,Password\nx@y.test,1\n")[0].contains("not read from files")
        );
    }

    #[test]
    fn a_hundred_thousand_lines_are_read() {
        let mut file = String::from("userPrincipalName,displayName\n");
        for number in 0..100_000 {
            file.push_str(&format!("user{number}@example.org,User {number}\n"));
        }
        assert_eq!(read_people(file.as_bytes()).unwrap().len(), 100_000);
        file.push_str("USER7@example.org,Again\n");
        assert_eq!(
            why(file.as_bytes()),
            ["line 100002: line 9 has the same name"]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(file: Vec<u8>) {
            let _ = read_people(&file);
            let with_header = [b"userPrincipalName,mail\n".as_slice(), &file].concat();
            let _ = read_people(&with_header);
        }
    }
}
