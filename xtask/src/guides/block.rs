//! Fenced code in a Markdown page.

/// One block of code, as it stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// The line of its opening fence.
    pub(super) line: usize,
    /// What it is written in: the first word after the fence.
    pub(super) language: &'a str,
    /// It says of itself that nobody runs it here.
    pub(super) ignored: bool,
    /// The file that `<!-- from: FILE -->`, the line above it, names.
    pub(super) from: Option<&'a str>,
    /// Its lines, without the fence's own indentation.
    pub(super) lines: Vec<&'a str>,
}

impl<'a> Block<'a> {
    /// All blocks of a page, in their order.
    pub(super) fn all(page: &'a str) -> Vec<Self> {
        let mut blocks = Vec::new();
        let mut open: Option<(Self, usize)> = None;
        let mut above = "";
        for (number, line) in page.lines().enumerate() {
            let text = line.trim_start();
            let fence = text.strip_prefix("```");
            open = match (open.take(), fence) {
                (Some((block, _)), Some("")) => {
                    blocks.push(block);
                    None
                }
                (Some((mut block, indent)), _) => {
                    let own = line.len() - text.len();
                    block.lines.push(line.get(own.min(indent)..).unwrap_or_default());
                    Some((block, indent))
                }
                (None, Some(info)) => {
                    Some((Self::opened(number + 1, info, above), line.len() - text.len()))
                }
                (None, None) => None,
            };
            if !text.is_empty() {
                above = text;
            }
        }
        blocks
    }

    fn opened(line: usize, info: &'a str, above: &'a str) -> Self {
        let mut words = info.split([',', ' ']);
        let from = above.strip_prefix("<!-- from: ").and_then(|rest| rest.strip_suffix(" -->"));
        Self {
            line,
            language: words.next().unwrap_or_default(),
            ignored: words.any(|word| word == "ignore"),
            from,
            lines: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_keeps_its_lines_and_says_what_it_claims() {
        let page = "Text.\n\n```sh\necho a\n```\n\n1. x\n\n   <!-- from: a/b.rs -->\n   ```rust,ignore\n   fn a() {\n       b()\n   }\n   ```\n```sh ignore\ngcloud\n```\n";
        let blocks = Block::all(page);
        let said: Vec<_> = blocks.iter().map(|b| (b.line, b.language, b.ignored, b.from)).collect();
        assert_eq!(
            said,
            [(3, "sh", false, None), (10, "rust", true, Some("a/b.rs")), (15, "sh", true, None)]
        );
        assert_eq!(blocks.get(1).map(|b| b.lines.join("\n")), Some("fn a() {\n    b()\n}".into()));
    }
}
