// @ts-check
'use strict';

/**
 * The numbers in which records, completions and what a call of the addon returns cross. `src/node/wire.rs` has them
 * for Rust; a test compares the two.
 */

/** A record: kind, slot, generation, handler or detail, length of input, length of head, number of the body. */
const RECORD_WORDS = 7;
/** Which of the numbers is that of the body, or of the form; 0 if there is none. */
const BODY_WORD = 6;
/** The most records that cross at a time. */
const MAX_RECORDS = 32;

/** Generations are below 2 to this power, and count from 1 again behind it. */
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

/** A completion: kind, slot, generation, detail, length of text. */
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

/** Why an input cannot be used: the detail of a completion that says so. */
const InvalidInput = Object.freeze({
  JSON: 0,
  MANIFEST: 1,
  NO_MANIFEST: 2,
  TOO_MANY_FILES: 3,
  PARALLEL_RETURN: 4,
});

/** Why a call is cancelled: the detail of a record that says so. */
const CancelReason = Object.freeze({
  CLIENT_LEFT: 0,
  DEADLINE_PASSED: 1,
});

/** What the writer of a stream should know: the detail of a record of a stream. */
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

/** What `readBody` returns where it has no chunk. */
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
