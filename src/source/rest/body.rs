//! The bytes of an answer: unpacked on the way, and no more of them than are taken.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::Trouble;

/// Reads an answer of at most `most` bytes, unpacked.
pub(super) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Trouble> {
    let encoding = response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("identity");
    match encoding.to_ascii_lowercase().as_str() {
        "identity" | "" => {
            let mut bytes = Bounded { bytes: Vec::new(), most, full: false };
            while let Some(chunk) = response.chunk().await.map_err(Trouble::of)? {
                if bytes.write_all(&chunk).is_err() {
                    return Err(Trouble::TooLarge(most));
                }
            }
            Ok(bytes.bytes)
        }
        "gzip" | "x-gzip" => {
            let mut unpacked = MultiGzDecoder::new(Bounded { bytes: Vec::new(), most, full: false });
            while let Some(chunk) = response.chunk().await.map_err(Trouble::of)? {
                if let Err(error) = unpacked.write_all(&chunk) {
                    let full = unpacked.get_ref().full;
                    return Err(if full { Trouble::TooLarge(most) } else { Trouble::Cut(error.to_string()) });
                }
            }
            match unpacked.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut unpacked.get_mut().bytes)),
                Err(_) if unpacked.get_ref().full => Err(Trouble::TooLarge(most)),
                Err(error) => Err(Trouble::Cut(error.to_string())),
            }
        }
        other => Err(Trouble::Strange(format!("the encoding {other}, which nobody asked for"))),
    }
}

struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + more.len() > self.most {
            self.full = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
