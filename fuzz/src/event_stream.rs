//! A reader of Server-Sent Events, written after the standard and nothing else (WHATWG HTML, section
//! 9.2.6), to hold what we write against.

/// What a reader has understood so far.
#[derive(Debug, Default)]
pub struct EventStream {
    line: Vec<u8>,
    after_cr: bool,
    begun: bool,
    data: String,
    id: String,
    pub messages: Vec<Message>,
    /// The id that a client would come back with.
    pub last_id: String,
    pub retry: Option<u64>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    pub data: String,
}

impl EventStream {
    /// What these bytes say, which come in these pieces.
    pub fn of<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Self {
        let mut stream = Self::default();
        for byte in pieces.into_iter().flatten() {
            stream.byte(*byte);
        }
        stream
    }

    fn byte(&mut self, byte: u8) {
        let second_of_two = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
        match byte {
            b'\n' if second_of_two => {}
            b'\n' | b'\r' => {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
                // One mark of the byte order may stand in front of all.
                let first = !std::mem::replace(&mut self.begun, true);
                let line = if first { line.trim_start_matches('\u{feff}') } else { &line };
                self.line(line);
            }
            other => self.line.push(other),
        }
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry = value.parse().ok();
            }
            // A comment has no name; nobody of ours writes `event`; others are passed over.
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.last_id.clone_from(&self.id);
        if self.data.is_empty() {
            return;
        }
        let mut data = std::mem::take(&mut self.data);
        data.pop();
        self.messages.push(Message { id: self.id.clone(), data });
    }
}
