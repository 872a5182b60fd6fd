//! An HTTP server of a screenful: it reads requests, gives them to a function, and can misbehave in every way that matters.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str, default: usize) -> usize {
        self.query(name).map_or(default, |value| value.parse().expect("a number"))
    }
}

/// An answer, or something that is none.
#[derive(Clone, Debug)]
pub enum Reply {
    Json(u16, Vec<(&'static str, String)>, Value),
    /// As it is, with its status and type.
    Text(u16, &'static str, String),
    /// JSON that ends too early, with a length that fits.
    Broken(Value),
    /// The connection ends within the body.
    Cut(Value),
    /// The connection ends without an answer.
    Closed,
    /// A byte at a time, with a pause before each.
    Dripping(Value, Duration),
    /// The headers, and then nothing for so long.
    Silent(Duration),
}

impl Reply {
    pub fn ok(body: Value) -> Self {
        Self::Json(200, Vec::new(), body)
    }

    pub fn status(status: u16, message: &str) -> Self {
        Self::Json(status, Vec::new(), serde_json::json!({"errorMessages": [message], "errors": {}}))
    }
}

/// A server on a port of its own. It ends when this is dropped.
pub struct Http {
    pub address: String,
    pub seen: Arc<Mutex<Vec<Request>>>,
    over: Arc<AtomicBool>,
}

impl Http {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (over, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let answer: Arc<dyn Fn(&Request) -> Reply + Send + Sync> = Arc::new(answer);
        let (ended, log) = (over.clone(), seen.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let (answer, log) = (answer.clone(), log.clone());
                if let Ok(connection) = connection {
                    std::thread::spawn(move || {
                        // A client that goes away is no failure of the server.
                        let _ = serve(connection, &*answer, &log);
                    });
                }
            }
        });
        Self { address: format!("http://{address}"), seen, over }
    }

    /// The requests since the last time.
    pub fn taken(&self) -> Vec<Request> {
        std::mem::take(&mut *self.seen.lock().expect("no panic"))
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // The loop looks when somebody comes.
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn serve(
    connection: TcpStream,
    answer: &(dyn Fn(&Request) -> Reply + Send + Sync),
    log: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut writer = connection;
    while let Some(request) = read(&mut reader)? {
        let zipped = request.header("accept-encoding").is_some_and(|value| value.contains("gzip"));
        let reply = answer(&request);
        log.lock().expect("no panic").push(request);
        if !write(&mut writer, reply, zipped)? {
            break;
        }
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut parts = line.split_whitespace();
    let (method, target) = (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').expect("a header");
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let url = url::Url::parse(&format!("http://x{target}")).expect("a target");
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let mut request = Request { method, path: url.path().to_owned(), query, headers, body: Value::Null };
    let length: usize = request.header("content-length").map_or(0, |value| value.parse().expect("a length"));
    if length > 0 {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        request.body = serde_json::from_slice(&body).expect("a body of JSON");
    }
    Ok(Some(request))
}

/// Writes an answer. False: the connection is over.
fn write(writer: &mut TcpStream, reply: Reply, zipped: bool) -> std::io::Result<bool> {
    let head = |status: u16, kind: &str, length: usize, more: &str| {
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&jiff::Timestamp::now()).expect("a date");
        format!("HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nDate: {date}\r\n{more}\r\n")
    };
    let json = "application/json;charset=UTF-8";
    match reply {
        Reply::Json(status, headers, body) => {
            let mut more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let mut bytes = body.to_string().into_bytes();
            if zipped && bytes.len() > 500 {
                more.push_str("Content-Encoding: gzip\r\n");
                let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
                packer.write_all(&bytes)?;
                bytes = packer.finish()?;
            }
            writer.write_all(head(status, json, bytes.len(), &more).as_bytes())?;
            writer.write_all(&bytes)?;
        }
        Reply::Text(status, kind, text) => {
            writer.write_all(head(status, kind, text.len(), "").as_bytes())?;
            writer.write_all(text.as_bytes())?;
        }
        Reply::Broken(body) => {
            let text = body.to_string();
            let part = &text.as_bytes()[..text.len() / 2];
            writer.write_all(head(200, json, part.len(), "").as_bytes())?;
            writer.write_all(part)?;
        }
        Reply::Cut(body) => {
            let text = body.to_string();
            writer.write_all(head(200, json, text.len(), "").as_bytes())?;
            writer.write_all(&text.as_bytes()[..text.len() / 2])?;
            return Ok(false);
        }
        Reply::Closed => return Ok(false),
        Reply::Dripping(body, pause) => {
            let text = body.to_string();
            writer.write_all(head(200, json, text.len(), "").as_bytes())?;
            for byte in text.as_bytes() {
                std::thread::sleep(pause);
                writer.write_all(&[*byte])?;
            }
        }
        Reply::Silent(pause) => {
            writer.write_all(head(200, json, 100, "").as_bytes())?;
            std::thread::sleep(pause);
            return Ok(false);
        }
    }
    writer.flush()?;
    Ok(true)
}

/// Name and secret as HTTP's basic authentication writes them.
pub fn basic(user: &str, secret: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("{user}:{secret}");
    let mut out = String::from("Basic ");
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
