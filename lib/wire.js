// @ts-check
'use strict';

/**
 * The numbers in which calls and answers cross; `src/node/batch.rs` and `src/node/answers.rs` are the
 * other half of this file.
 */

/** A record: kind, slot, generation, handler or detail, length of input, length of head, number of the body. */
const RECORD_WORDS = 7;
/** Which of the numbers is that of the body, or of the form; 0 if there is none. */
const BODY_WORD = 6;
/** The most records that cross at a time. */
const MOST_RECORDS = 32;

const Record = Object.freeze({
  TASK: 0,
  EVENT: 1,
  EVENT_WITH_RESULT: 2,
  VALIDATE: 3,
  ORIGIN: 4,
  ABANDONED: 5,
  NOTICE: 6,
  REFUSAL: 7,
  STREAM: 8,
  BODY: 9,
  TASK_DOCUMENT: 10,
  EVENT_DOCUMENT: 11,
  FORM: 12,
  FALLBACK: 13,
  EXPOSURE: 14,
  FILE: 15,
});

/** An answer: kind, slot, generation, detail, length of text. */
const ANSWER_WORDS = 5;

const Answer = Object.freeze({
  RESULT: 0,
  DONE: 1,
  ERROR: 2,
  FAILED: 3,
  UNUSABLE: 4,
  GONE: 5,
  VERDICT: 6,
  ORIGIN: 7,
  STREAM: 8,
  WRITTEN: 9,
  DOCUMENT: 10,
});

/** Why an input cannot be used: the detail of an answer that says so. */
const Unusable = Object.freeze({
  JSON: 0,
  MANIFEST: 1,
  NO_MANIFEST: 2,
  TOO_MANY_FILES: 3,
  PARALLEL_RETURN: 4,
});

module.exports = { BODY_WORD, RECORD_WORDS, MOST_RECORDS, Record, ANSWER_WORDS, Answer, Unusable };
