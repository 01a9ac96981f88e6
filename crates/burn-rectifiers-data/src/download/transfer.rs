//! From the server to a verified file.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::Source;
use crate::{DataError, error::one_line};

/// Downloads `source` into `file` and verifies it.
pub(super) fn download(
    source: &Source,
    folder: &Path,
    mut file: &File,
    path: &Path,
) -> Result<(), DataError> {
    let failed = |offset: u64, reason: String| DataError::Download {
        url: source.url.clone(),
        offset,
        reason: one_line(&reason),
        folder: folder.into(),
    };
    let response = agent()
        .get(&source.url)
        .call()
        .map_err(|error| failed(0, error.to_string()))?;
    if let Some(announced) = response.body().content_length() {
        expect(
            source,
            "size",
            &announced.to_string(),
            &source.size.to_string(),
        )?;
    }
    // One byte more than there should be, to notice a body that is too long.
    let mut body = response.into_body().into_reader().take(source.size + 1);
    let progress = progress_bar(source);
    let mut hash = Sha256::new();
    let mut received = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return Err(failed(received, error.to_string())),
        };
        hash.update(&buffer[..count]);
        file.write_all(&buffer[..count])
            .map_err(DataError::io("write", path))?;
        received += count as u64;
        progress.set_position(received);
    }
    progress.finish_and_clear();
    if received < source.size {
        return Err(failed(
            received,
            format!("the server stopped before {} bytes", source.size),
        ));
    }
    if received > source.size {
        expect(
            source,
            "size",
            &format!("over {}", source.size),
            &source.size.to_string(),
        )?;
    }
    let found: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    expect(source, "SHA-256", &found, &source.sha256.to_lowercase())
}

/// No limit on the whole, which may take long on a slow line, but on every wait within it.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_per_read(Some(Duration::from_secs(60)))
        .build()
        .into()
}

fn expect(source: &Source, what: &'static str, found: &str, wanted: &str) -> Result<(), DataError> {
    if found == wanted {
        return Ok(());
    }
    Err(DataError::Tampered {
        url: source.url.clone(),
        what,
        found: found.into(),
        expected: wanted.into(),
    })
}

/// Draws on standard error, and only if that is a terminal.
fn progress_bar(source: &Source) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} left",
    );
    let name = source.url.rsplit('/').next().unwrap_or_default().to_owned();
    let progress = ProgressBar::new(source.size).with_message(name);
    progress.set_style(style.expect("the template is a constant"));
    progress
}
