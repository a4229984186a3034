//! The file that an export goes to, and how one that is there is gone on with.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::form::Form;
use super::table;
use crate::usage::WrongUsage;

#[derive(Debug)]
pub(super) struct ExportFile {
    out: BufWriter<File>,
    /// The last position that was there already.
    pub(super) after: Option<u64>,
}

impl ExportFile {
    /// A new file, or one to go on with. What an earlier export wrote last and not wholly is cut off.
    pub(super) fn open(path: &Path, form: Form, resume: bool) -> Result<Self> {
        let cannot = || format!("cannot write {}", path.display());
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let opened =
            if resume { options.create(true) } else { options.create_new(true) }.open(path);
        let mut file = match opened {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(WrongUsage::error(format!(
                    "{} is there already; --resume goes on where it ends",
                    path.display()
                )));
            }
            opened => opened.with_context(cannot)?,
        };
        let (end, after) = end(&file, form)
            .with_context(|| format!("cannot read {}", path.display()))?
            .with_context(|| format!("{} does not end as such an export does", path.display()))?;
        file.set_len(end).with_context(cannot)?;
        file.seek(SeekFrom::End(0)).with_context(cannot)?;
        let mut out = BufWriter::new(file);
        if end == 0 {
            out.write_all(&form.head()?).with_context(cannot)?;
        }
        Ok(Self { out, after })
    }

    /// Writes what is left to the disk.
    pub(super) fn finish(mut self) -> Result<()> {
        self.out.flush()?;
        Ok(self.out.get_ref().sync_all()?)
    }
}

impl Write for ExportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Where the last whole event ends, and its position.
type End = (u64, Option<u64>);

/// `None` where this is no export in this form.
fn end(file: &File, form: Form) -> Result<Option<End>> {
    if file.metadata()?.len() == 0 {
        return Ok(Some((0, None)));
    }
    if form == Form::Csv {
        return Ok(table::end(file)?);
    }
    let mut reader = BufReader::new(file);
    let (mut last, mut line, mut end) = (Vec::new(), Vec::new(), 0);
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            break;
        }
        end += line.len() as u64;
        std::mem::swap(&mut last, &mut line);
    }
    if end == 0 {
        // Nothing but the beginning of a line; of another file it may be all.
        bail!("it has no whole line");
    }
    Ok(form.position(&last).map(|position| (end, Some(position))))
}
