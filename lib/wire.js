// @ts-check
'use strict';

/**
 * The layout and the constants of records, completions and return values of the addon. `src/node/wire.rs` has the same
 * for Rust; a test compares the two.
 */

/** The words of a record: kind, slot, generation, handler or detail, length of input, length of head, body. */
const RECORD_WORDS = 7;
/** The index of the word with the number of the body or form, which is 0 if there is none. */
const BODY_WORD = 6;
/** The most records of a batch. */
const MAX_RECORDS = 32;

/** Generations are below 2 to this power, after which they start at 1 again. */
const GENERATION_BITS = 30;

const Record = Object.freeze({
  TASK: 0,
  EVENT: 1,
  EVENT_WITH_RESULT: 2,
  VALIDATE: 3,
  ORIGIN: 4,
  CANCELLED: 5,
  NOTICE: 6,
  REJECTION: 7,
  STREAM: 8,
  BODY: 9,
  TASK_DOCUMENT: 10,
  EVENT_DOCUMENT: 11,
  FORM: 12,
  FALLBACK: 13,
  EXPOSURE: 14,
  FILE: 15,
});

/** The words of a completion: kind, slot, generation, detail, length of text. */
const COMPLETION_WORDS = 5;

const Completion = Object.freeze({
  RESULT: 0,
  DONE: 1,
  ERROR: 2,
  FAILED: 3,
  INVALID_INPUT: 4,
  HANDLER_REMOVED: 5,
  VERDICT: 6,
  ORIGIN: 7,
  STREAMING_RESPONSE: 8,
  RAW_RESPONSE: 9,
  DOCUMENT: 10,
});

/** Why an input cannot be used: the detail of an `INVALID_INPUT` completion. */
const InvalidInput = Object.freeze({
  JSON: 0,
  MANIFEST: 1,
  NO_MANIFEST: 2,
  TOO_MANY_FILES: 3,
  PARALLEL_RETURN: 4,
});

/** Why a call is cancelled: the detail of a `CANCELLED` record. */
const CancelReason = Object.freeze({
  CLIENT_LEFT: 0,
  DEADLINE_PASSED: 1,
});

/** What has happened to a stream that JavaScript writes: the detail of a `STREAM` record. */
const StreamSignal = Object.freeze({
  WRITABLE: 0,
  CLOSED: 1,
});

/** What `writeStream` returns. */
const WriteResult = Object.freeze({
  OPEN: 0,
  FULL: 1,
  CLOSED: 2,
});

/** What `readBody` returns in place of a chunk. */
const BodyState = Object.freeze({
  PENDING: 0,
  END: 1,
  BROKEN: 2,
});

module.exports = {
  BODY_WORD,
  BodyState,
  COMPLETION_WORDS,
  CancelReason,
  Completion,
  GENERATION_BITS,
  InvalidInput,
  MAX_RECORDS,
  RECORD_WORDS,
  Record,
  StreamSignal,
  WriteResult,
};
