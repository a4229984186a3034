//! The page's files, in the binary and compressed once.

use std::io::Write;
use std::sync::LazyLock;

use axum::http::HeaderValue;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// A file as it is sent.
pub(super) struct File {
    name: &'static str,
    plain: Variant,
    gzip: Variant,
}

/// One encoding of a file, and the tag that says which bytes these are.
struct Variant {
    tag: HeaderValue,
    body: Bytes,
}

/// The file with this name.
pub(super) fn find(name: &str) -> Option<&'static File> {
    // Compressed when the first one is asked for: a host whose console nobody opens pays nothing.
    static FILES: LazyLock<Vec<File>> =
        LazyLock::new(|| SOURCES.iter().map(|(name, body)| File::new(name, body)).collect());
    FILES.iter().find(|file| file.name == name)
}

impl File {
    fn new(name: &'static str, body: &'static [u8]) -> Self {
        let digest = base16ct::lower::encode_string(&Sha256::digest(body));
        let digest = digest.get(..20).unwrap_or_default();
        let variant = |end: &str, body: Bytes| {
            let tag = HeaderValue::from_str(&format!("\"{digest}{end}\""));
            Variant { tag: tag.unwrap_or_else(|_| HeaderValue::from_static("\"\"")), body }
        };
        Self {
            name,
            plain: variant("", Bytes::from_static(body)),
            gzip: variant("-gzip", compressed(body)),
        }
    }

    pub(super) fn plain(&self) -> (&HeaderValue, Bytes) {
        (&self.plain.tag, self.plain.body.clone())
    }

    pub(super) fn gzip(&self) -> (&HeaderValue, Bytes) {
        (&self.gzip.tag, self.gzip.body.clone())
    }

    pub(super) fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, end)| end) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }
}

fn compressed(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let done = encoder.write_all(body).and_then(|()| encoder.finish());
    done.unwrap_or_default().into()
}

macro_rules! sources {
    ($($name:literal)*) => {
        /// Every file of the folder `console`; `include_bytes!` needs no build script and no
        /// dependency, and a test compares this list with the folder.
        const SOURCES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../../console/", $name)))),*];
    };
}

sources! {
    "address.js"
    "agents.js"
    "announce.js"
    "badge.js"
    "chart.js"
    "clipboard.js"
    "drawer.js"
    "element.js"
    "event-list.js"
    "feed.js"
    "filter-bar.js"
    "filter.js"
    "frame.css"
    "frames.js"
    "grid.js"
    "icon.svg"
    "index.html"
    "keyboard.js"
    "ledger.js"
    "list.css"
    "live.js"
    "main.js"
    "moment.js"
    "overview.css"
    "overview.js"
    "panel.css"
    "row.js"
    "rows.js"
    "session.js"
    "status.js"
    "tally.js"
    "task.css"
    "task.js"
    "theme.css"
    "timeline.js"
    "track.js"
    "tree.js"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_in_the_binary() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/console")).unwrap();
        let mut there: Vec<_> = folder
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        there.sort_unstable();
        let mut listed: Vec<_> = SOURCES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(listed, there);
    }

    #[test]
    fn the_page_asks_for_all_its_files_at_once() {
        let (_, page) = SOURCES.iter().find(|(name, _)| *name == "index.html").unwrap();
        let page = std::str::from_utf8(page).unwrap();
        for (name, _) in SOURCES.iter().filter(|(name, _)| *name != "index.html") {
            assert!(page.contains(&format!("\"console/{name}\"")), "{name}");
        }
    }

    #[test]
    fn the_whole_page_weighs_less_than_80_kb() {
        let weights = SOURCES.iter().map(|(name, _)| find(name).unwrap().gzip().1.len());
        let weight: usize = weights.sum();
        assert!(weight < 80_000, "{weight} bytes");
    }

    #[test]
    fn nothing_in_it_makes_markup_of_a_text_or_asks_another_origin() {
        for (name, body) in SOURCES {
            let text = std::str::from_utf8(body).unwrap();
            let forbidden = [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "setTimeout('",
                "setTimeout(\"",
                "srcdoc",
                " style=\"",
                "onclick=",
                "onload=",
                "onerror=",
            ];
            for word in forbidden {
                assert!(!text.contains(word), "{name} has {word}");
            }
            for rest in text.split("://").skip(1) {
                assert!(rest.starts_with("www.w3.org/"), "{name} names another origin");
            }
        }
    }
}
