//! A server that speaks enough of `PostgreSQL`'s protocol to be asked for an audience, and then does what it likes.

use std::collections::BTreeMap;
use std::io::{Read, Result, Write};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::{ServerConnection, StreamOwned};

/// Writes the data of a COPY, or fails as the connection is cut.
pub type Rows = Arc<dyn Fn(&mut dyn Write) -> Result<()> + Send + Sync>;

/// What this one does.
#[derive(Clone)]
pub enum Habit {
    /// Gives these rows.
    Rows(Rows),
    /// Sends this in the place of a greeting.
    Greets(&'static [u8]),
    /// Announces a message of two gigabytes in the place of rows, and then says nothing more.
    AnnouncesMuch,
    /// Tells of settings without an end.
    Talks,
    /// Takes the connection and says nothing more.
    IsSilent,
    /// Is silent once it is asked for rows.
    NeverAnswers,
    /// Asks for the password, and repeats it in its refusal.
    RepeatsThePassword,
    /// Refuses every statement with this code and message.
    Refuses(&'static str, &'static str),
}

/// Starts one; its thread ends with the process. The URL to ask it by.
pub fn start(habit: Habit) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let habit = habit.clone();
            std::thread::spawn(move || drop(serve(stream, &habit)));
        }
    });
    format!("postgresql://reader:s3cretpw@127.0.0.1:{port}/x")
}

/// The same in TLS, with the certificate of these tests.
pub fn start_tls(habit: Habit) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let habit = habit.clone();
            std::thread::spawn(move || -> Result<()> {
                // Whether TLS is spoken here.
                body(&mut stream)?;
                stream.write_all(b"S")?;
                let connection = ServerConnection::new(crate::hostile_tls::config()).unwrap();
                serve(StreamOwned::new(connection, stream), &habit)
            });
        }
    });
    format!("postgresql://reader:s3cretpw@localhost:{port}/x?sslmode=require")
}

/// Data of a COPY.
pub fn data(out: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    message(out, b'd', bytes)
}

fn message(out: &mut dyn Write, kind: u8, body: &[u8]) -> Result<()> {
    let length = u32::try_from(body.len() + 4).unwrap();
    out.write_all(&[kind])?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(body)
}

/// A notice or an error, told with what would move a terminal's cursor.
fn told(out: &mut dyn Write, kind: u8, code: &str, words: &str) -> Result<()> {
    message(out, kind, format!("SERROR\0VERROR\0C{code}\0M{words}\0\0").as_bytes())
}

fn ready(out: &mut dyn Write) -> Result<()> {
    message(out, b'Z', b"I")
}

fn serve(mut stream: impl Read + Write, habit: &Habit) -> Result<()> {
    let out = &mut stream;
    body(out)?;
    match habit {
        Habit::Greets(bytes) => return out.write_all(bytes),
        Habit::IsSilent => return wait(out),
        Habit::RepeatsThePassword => {
            message(out, b'R', &3_u32.to_be_bytes())?;
            let (_, password) = next(out)?;
            let password = String::from_utf8_lossy(&password).replace('\0', "");
            told(out, b'E', "28P01", &format!("no entry with the password {password}"))?;
            return wait(out);
        }
        Habit::Talks => {
            message(out, b'R', &0_u32.to_be_bytes())?;
            for setting in 0_u64.. {
                message(
                    out,
                    b'S',
                    format!("{setting}\0{}\0", "Zyxwanda".repeat(1 << 10)).as_bytes(),
                )?;
            }
        }
        Habit::Rows(_) | Habit::AnnouncesMuch | Habit::NeverAnswers | Habit::Refuses(..) => {}
    }
    message(out, b'R', &0_u32.to_be_bytes())?;
    ready(out)?;
    let mut statements: BTreeMap<String, String> = BTreeMap::new();
    let mut asked = String::new();
    loop {
        out.flush()?;
        let (kind, body) = next(out)?;
        let mut texts = body
            .split(|byte| *byte == 0)
            .map(|text| String::from_utf8_lossy(text).into_owned());
        match kind {
            b'Q' => {
                told(out, b'N', "00000", "welcome \u{1b}]0;owned\u{7}\u{1b}[2J")?;
                let statements = body.split(|byte| *byte == b';').count();
                for _ in 0..statements {
                    message(out, b'C', b"SET\0")?;
                }
                ready(out)?;
            }
            b'P' => {
                let (name, text) = (texts.next().unwrap(), texts.next().unwrap());
                if let (Habit::Refuses(code, words), false) = (habit, text.contains("current_setting")) {
                    told(out, b'E', code, words)?;
                    while next(out)?.0 != b'S' {}
                    ready(out)?;
                    continue;
                }
                statements.insert(name, text);
                message(out, b'1', b"")?;
            }
            b'D' => describe(out, &statements[&texts.next().unwrap()[1..]])?,
            b'B' => {
                asked.clone_from(&statements[&texts.nth(1).unwrap()]);
                message(out, b'2', b"")?;
            }
            b'E' if asked.starts_with("COPY") => {
                let rows = match habit {
                    Habit::Rows(rows) => rows,
                    Habit::AnnouncesMuch => {
                        message(out, b'H', &[0, 0, 1, 0, 0])?;
                        out.write_all(b"d\x7f\xff\xff\xffZyxwanda")?;
                        out.flush()?;
                        return wait(out);
                    }
                    _ => return wait(out),
                };
                message(out, b'H', &[0, 0, 1, 0, 0])?;
                rows(out)?;
                message(out, b'c', b"")?;
                message(out, b'C', b"COPY 1\0")?;
            }
            b'E' => {
                // A text of one character, or `false`.
                message(out, b'D', &[0, 1, 0, 0, 0, 1, 0])?;
                message(out, b'C', b"SELECT 1\0")?;
            }
            b'S' => ready(out)?,
            b'C' => message(out, b'3', b"")?,
            b'X' => return Ok(()),
            _ => {}
        }
    }
}

fn describe(out: &mut dyn Write, text: &str) -> Result<()> {
    let params = if text.contains("$2") { 2_u16 } else { 0 };
    let mut types = params.to_be_bytes().to_vec();
    (0..params).for_each(|_| types.extend(25_u32.to_be_bytes()));
    message(out, b't', &types)?;
    if text.starts_with("COPY") {
        return message(out, b'n', b"");
    }
    let kind: u32 = if text.contains("is_superuser") { 16 } else { 25 };
    let mut column = vec![0, 1];
    column.extend(b"msisdn\0\0\0\0\0\0\0");
    column.extend(kind.to_be_bytes());
    column.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
    message(out, b'T', &column)
}

/// A length, and what it counts.
fn body(reader: &mut impl Read) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn next(reader: &mut impl Read) -> Result<(u8, Vec<u8>)> {
    let mut kind = [0];
    reader.read_exact(&mut kind)?;
    Ok((kind[0], body(reader)?))
}

/// Until the other end hangs up.
fn wait(reader: &mut impl Read) -> Result<()> {
    reader.read_to_end(&mut Vec::new()).map(drop)
}
