//! Limits of multipart forms.

use super::Value;
use super::reader::Section;

/// Sizes and counts that bound a multipart form.
#[derive(Clone, Debug, PartialEq)]
pub struct MultipartLimits {
    /// The size from which a file is too large, in bytes. As in nodeExposure, the limit itself is rejected.
    pub max_file_bytes: u64,
    /// The most files, in the manifest and among the parts.
    pub max_files: usize,
    /// The size from which a field is too large, in bytes.
    pub max_field_bytes: usize,
    /// The most fields, the manifest among them.
    pub max_fields: usize,
    /// The longest name of a field, in bytes.
    pub max_field_name_bytes: usize,
    /// The number of parts from which a form has too many.
    pub max_parts: usize,
    /// The most headers of a part.
    pub max_part_headers: usize,
}

impl Default for MultipartLimits {
    fn default() -> Self {
        read(&mut Section::open("limits.multipart", Value::Undefined, &mut Vec::new()))
    }
}

pub(super) fn parse(limits: &mut Section<'_>) -> MultipartLimits {
    limits.section("multipart").map_or_else(MultipartLimits::default, |mut multipart| read(&mut multipart))
}

fn read(multipart: &mut Section<'_>) -> MultipartLimits {
    MultipartLimits {
        max_file_bytes: multipart.integer("maxFileBytes").unwrap_or(0),
        max_files: multipart.size("maxFiles"),
        max_field_bytes: multipart.size("maxFieldBytes"),
        max_fields: multipart.size("maxFields"),
        max_field_name_bytes: multipart.size("maxFieldNameBytes"),
        max_parts: multipart.size("maxParts"),
        max_part_headers: multipart.size("maxPartHeaders"),
    }
}
