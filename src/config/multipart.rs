//! Limits of multipart forms.

use super::reader::Section;

const OPTIONS: [&str; 7] = [
    "maxFileBytes",
    "maxFiles",
    "maxFieldBytes",
    "maxFields",
    "maxFieldNameBytes",
    "maxParts",
    "maxPartHeaders",
];

/// Sizes and counts that bound a multipart form.
#[derive(Clone, Debug, PartialEq)]
pub struct MultipartLimits {
    /// A file of this many bytes is too large: as in nodeExposure, the limit itself is over it.
    pub max_file_bytes: u64,
    /// The most files, in the manifest and among the parts.
    pub max_files: usize,
    /// A field of this many bytes is too large.
    pub max_field_bytes: usize,
    /// The most fields, the manifest among them.
    pub max_fields: usize,
    /// The longest name of a field, in bytes.
    pub max_field_name_bytes: usize,
    /// A form of this many parts has too many.
    pub max_parts: usize,
    /// The most headers of a part.
    pub max_part_headers: usize,
}

impl Default for MultipartLimits {
    fn default() -> Self {
        MultipartLimits {
            // These four are nodeExposure's.
            max_file_bytes: 20 * 1024 * 1024,
            max_files: 10,
            max_field_bytes: 1024 * 1024,
            max_fields: 100,
            // nodeExposure looks at no name: as long as the head of a part may be.
            max_field_name_bytes: 16 * 1024,
            // nodeExposure has none: this bounds the parts that are neither files nor fields, of which no
            // client sends any.
            max_parts: 100_000,
            max_part_headers: 32,
        }
    }
}

pub(super) fn parse(limits: &mut Section<'_>) -> MultipartLimits {
    let default = MultipartLimits::default();
    let Some(mut section) = limits.section("multipart", &OPTIONS) else { return default };
    MultipartLimits {
        // Files are not held: the bound keeps the number exact in JavaScript.
        max_file_bytes: section.whole("maxFileBytes", 1, 1 << 40, "bytes").unwrap_or(default.max_file_bytes),
        max_files: section.size("maxFiles", 0, u32::MAX, "files", default.max_files),
        // The manifest is held, as a JSON body is.
        max_field_bytes: section.size("maxFieldBytes", 1, 256 << 20, "bytes", default.max_field_bytes),
        max_fields: section.size("maxFields", 1, u32::MAX, "fields", default.max_fields),
        max_field_name_bytes: section.size(
            "maxFieldNameBytes",
            1,
            u32::MAX,
            "bytes",
            default.max_field_name_bytes,
        ),
        max_parts: section.size("maxParts", 1, u32::MAX, "parts", default.max_parts),
        // multer parses up to this many.
        max_part_headers: section.size("maxPartHeaders", 1, 32, "headers", default.max_part_headers),
    }
}
