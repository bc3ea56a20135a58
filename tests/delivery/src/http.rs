//! A client that asks one thing, in HTTP/1.1 by hand.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Everything after them.
    pub body: String,
}

/// Asks `address`, on a connection of its own.
///
/// # Panics
///
/// Where there is no answer.
#[must_use]
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> Answered {
    let mut connection = TcpStream::connect(address).unwrap();
    let limit = Some(Duration::from_secs(30));
    connection.set_read_timeout(limit).unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request.push_str("\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    });
    Answered {
        status: status.parse().unwrap(),
        headers: headers.collect(),
        body: body.to_owned(),
    }
}

/// The metrics of an endpoint, in the plain text format.
///
/// # Panics
///
/// Where there are none.
#[must_use]
pub fn scrape(address: SocketAddr) -> String {
    let answered = ask(address, "GET", "/metrics", &[]);
    assert_eq!(answered.status, 200, "{}", answered.body);
    answered.body
}
