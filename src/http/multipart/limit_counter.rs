//! Checks a form against its limits.

use super::part::Part;
use crate::config::MultipartLimits;
use crate::error::RequestError;

/// Counts what has arrived of a form.
pub(super) struct LimitCounter {
    limits: MultipartLimits,
    parts: usize,
    files: usize,
    fields: usize,
    /// The bytes of the current part.
    bytes: u64,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    File,
    Field,
    Unknown,
}

impl LimitCounter {
    pub(super) fn new(limits: MultipartLimits) -> Self {
        LimitCounter { limits, parts: 0, files: 0, fields: 0, bytes: 0, kind: Kind::Unknown }
    }

    /// Counts a part that begins.
    ///
    /// # Errors
    /// `TooManyFiles`, `TooManyFields`, `FieldTooLarge` by its name, and `InvalidMultipart` where it has no
    /// headers or too many.
    pub(super) fn begin(&mut self, part: &Part, headers: usize) -> Result<(), RequestError> {
        // multer returns an empty head for bytes that are not a part.
        if headers == 0 || headers > self.limits.max_part_headers {
            return Err(RequestError::InvalidMultipart);
        }
        self.bytes = 0;
        self.kind = match part {
            Part::Unknown => Kind::Unknown,
            Part::File(_) | Part::OtherFile => {
                self.files += 1;
                if self.files > self.limits.max_files {
                    return Err(RequestError::TooManyFiles);
                }
                // A file that the manifest cannot name is skipped, whatever its size.
                if matches!(part, Part::File(_)) { Kind::File } else { Kind::Unknown }
            }
            Part::Manifest(_) | Part::Field(_) => {
                self.fields += 1;
                if self.fields > self.limits.max_fields {
                    return Err(RequestError::TooManyFields);
                }
                Kind::Field
            }
        };
        match part {
            Part::Field(name) if *name > self.limits.max_field_name_bytes => Err(RequestError::FieldTooLarge),
            _ => Ok(()),
        }
    }

    /// Counts bytes of the part. As in nodeExposure, a part that reaches its limit is rejected.
    ///
    /// # Errors
    /// `FileTooLarge`, `FieldTooLarge`.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), RequestError> {
        self.bytes += bytes as u64;
        match self.kind {
            Kind::File if self.bytes >= self.limits.max_file_bytes => Err(RequestError::FileTooLarge),
            Kind::Field if self.bytes >= self.limits.max_field_bytes as u64 => {
                Err(RequestError::FieldTooLarge)
            }
            _ => Ok(()),
        }
    }

    /// Counts a part that ends.
    ///
    /// # Errors
    /// `TooManyParts`, if the limit is reached.
    pub(super) fn finish(&mut self) -> Result<(), RequestError> {
        self.parts += 1;
        if self.parts >= self.limits.max_parts { Err(RequestError::TooManyParts) } else { Ok(()) }
    }
}
