//! Writes an export to standard output, or to a file that appears only when it is whole.

use super::{Failure, failure::unexpected, output::hint};
use crate::backoffice::export::ExportStream;
use futures::TryStreamExt as _;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Writes the export to a file, or to standard output.
pub(super) async fn write(rows: ExportStream, file: Option<&Path>) -> Result<ExitCode, Failure> {
    match file {
        None => copy(rows, &mut io::stdout().lock()).await?,
        Some(path) => to_file(rows, path).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes beside the file first, so that a partial export is not taken for a whole one. Only its owner may read it, because
/// orders are personal data.
async fn to_file(rows: ExportStream, path: &Path) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::Unavailable(format!("{} cannot be written: {error}", path.display()));
    // A pipe or a device cannot be replaced by a file.
    if fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir()) {
        let mut file = File::options().write(true).open(path).map_err(cannot)?;
        return copy(rows, &mut file).await;
    }
    let draft = draft_of(path);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).map_err(cannot)?;
    let mut file = BufWriter::new(file);
    let written = match copy(rows, &mut file).await {
        Ok(()) => fs::rename(&draft, path).map_err(cannot),
        Err(failure) => Err(failure),
    };
    if written.is_err() {
        // The first error counts.
        let _ = fs::remove_file(&draft);
    }
    written?;
    hint(&format!("Wrote {}", path.display()));
    Ok(())
}

fn draft_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.partial", std::process::id()));
    path.with_file_name(name)
}

async fn copy(mut rows: ExportStream, to: &mut impl Write) -> Result<(), Failure> {
    while let Some(chunk) = rows.try_next().await.map_err(|error| unexpected(&error))? {
        to.write_all(&chunk)?;
    }
    Ok(to.flush()?)
}
