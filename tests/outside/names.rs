//! A server of names, which answers as a test tells it.

use std::collections::HashMap;
use std::net::{IpAddr, UdpSocket};
use std::sync::{Arc, Mutex};

/// The names that are known. Each question takes the next of a name's answers, and the last stays.
#[derive(Clone, Default)]
pub(super) struct Names(Arc<Mutex<HashMap<String, Known>>>);

struct Known {
    answers: Vec<Vec<IpAddr>>,
    asked: usize,
}

impl Names {
    /// Starts to answer.
    pub(super) fn serve() -> Self {
        let names = Self::default();
        let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
        let serving = names.clone();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((len, from)) = socket.recv_from(&mut question) {
                let answer = serving.answer(&question[..len]);
                socket.send_to(&answer, from).unwrap();
            }
        });
        names
    }

    /// Gives a name its answers, one after the other.
    pub(super) fn set(&self, name: &str, answers: &[&[&str]]) {
        let answers = answers.iter().map(|one| one.iter().map(|address| address.parse().unwrap()).collect()).collect();
        self.0.lock().unwrap().insert(name.to_owned(), Known { answers, asked: 0 });
    }

    /// How often the IPv4 addresses of a name were asked for.
    pub(super) fn asked(&self, name: &str) -> usize {
        self.0.lock().unwrap().get(name).map_or(0, |known| known.asked)
    }

    fn answer(&self, question: &[u8]) -> Vec<u8> {
        let (name, end) = name(question);
        let (kind, question_end) = (question[end + 1], end + 4);
        let addresses = match self.0.lock().unwrap().get_mut(&name) {
            None => None,
            Some(known) => {
                let at = known.asked.min(known.answers.len() - 1);
                // Both kinds are asked for together; the first of the two decides.
                known.asked += usize::from(kind == A);
                Some(known.answers[at].clone())
            }
        };
        let code = if addresses.is_some() { 0 } else { 3 };
        let of_kind = |address: &IpAddr| matches!((kind, address), (A, IpAddr::V4(_)) | (AAAA, IpAddr::V6(_)));
        let found: Vec<IpAddr> = addresses.unwrap_or_default().into_iter().filter(of_kind).collect();
        let count = u8::try_from(found.len()).unwrap();
        let mut answer = [&question[..2], &[0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0], &question[12..question_end]].concat();
        for address in found {
            let bytes = match address {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            };
            // The name of the question, the kind, the class, no time to live, and the address.
            answer.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 0, 0, u8::try_from(bytes.len()).unwrap()]);
            answer.extend(bytes);
        }
        answer
    }
}

const A: u8 = 1;
const AAAA: u8 = 28;

/// The name that is asked for, and where it ends.
fn name(question: &[u8]) -> (String, usize) {
    let (mut labels, mut at) = (Vec::new(), 12);
    while question[at] > 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), at + 1)
}
