#include "runtime/receive.h"

#if MOTE_DELTAS

/* What the next byte is; mote_delta_t starts with a segment, and end_block goes back to it. */
enum { SEGMENT = MOTE_DELTA_SEGMENT, OPERATION, MOVE, DISTANCE, LENGTH, RUN, LITERAL, DIFFERENCE, BITS };

/* Operations, as they are encoded. */
enum { COPY = 1, LITERALS, ADD, SPARSE, REPEAT };

#define MOST_RICE 7u
#define LONGEST_QUOTIENT 12u
#define STILL_ONES 0xffu

/* Bytes of the new payload. The operation ends with its last one; the segment may too, so that this comes last. */
static mote_error_t make(mote_runtime_t *r, const uint8_t *bytes, uint32_t size) {
  mote_delta_t *d = &r->install.delta;
  d->count -= size;
  if (d->count == 0) {
    d->step = OPERATION;
  }
  return mote_payload_put(r, bytes, size);
}

/* Bytes of the base as they are. */
static mote_error_t copy(mote_runtime_t *r, uint32_t size) {
  mote_delta_t *d = &r->install.delta;
  const uint8_t *from = d->base.at + d->cursor;
  d->cursor += size;
  return make(r, from, size);
}

/* A byte of the base with a difference. */
static mote_error_t change(mote_runtime_t *r, uint32_t difference) {
  mote_delta_t *d = &r->install.delta;
  uint8_t byte = (uint8_t)(d->base.at[d->cursor] + difference);
  d->cursor++;
  return make(r, &byte, 1);
}

static mote_error_t repeat(mote_runtime_t *r) {
  mote_delta_t *d = &r->install.delta;
  mote_error_t error = MOTE_OK;
  for (uint32_t count = d->count; error == MOTE_OK && count > 0; count--) {
    uint8_t byte = mote_payload_made(r, r->install.done - d->distance);
    error = make(r, &byte, 1);
  }
  return error;
}

static mote_error_t begin_operation(mote_delta_t *d, uint8_t byte) {
  d->operation = byte & 7;
  d->rice = byte >> 3;
  bool known = d->operation >= COPY && d->operation <= REPEAT;
  if (!known || d->rice > (d->operation == ADD ? MOST_RICE : 0)) {
    return MOTE_NOT_A_DELTA;
  }
  d->step = d->operation == LITERALS ? LENGTH : d->operation == REPEAT ? DISTANCE : MOVE;
  return MOTE_OK;
}

/* The last number of an operation was read: how many bytes it makes. */
static mote_error_t end_length(mote_runtime_t *r, uint32_t count) {
  mote_delta_t *d = &r->install.delta;
  bool of_base = d->operation != LITERALS && d->operation != REPEAT;
  if (count < 1 || count > mote_payload_rest(&r->install) || (of_base && count > d->base.size - d->cursor)) {
    return MOTE_NOT_A_DELTA;
  }
  d->count = count;
  d->folded = 0;
  d->waiting = STILL_ONES;
  switch (d->operation) {
    case COPY:
      return copy(r, count);
    case REPEAT:
      return repeat(r);
    case LITERALS:
      d->step = LITERAL;
      return MOTE_OK;
    default:
      d->step = d->operation == ADD ? BITS : RUN;
      return MOTE_OK;
  }
}

static mote_error_t end_number(mote_runtime_t *r, uint32_t value) {
  mote_delta_t *d = &r->install.delta;
  switch (d->step) {
    case SEGMENT:
      d->left = value;
      d->cursor = r->install.done;
      d->step = OPERATION;
      return MOTE_OK;
    case MOVE:
      /* Signed, folded; both are below 2^31, so that what is negative is a large one here. */
      d->cursor += value >> 1 ^ (0u - (value & 1u));
      d->step = LENGTH;
      return d->cursor > d->base.size ? MOTE_NOT_A_DELTA : MOTE_OK;
    case DISTANCE:
      d->distance = value;
      d->step = LENGTH;
      return value < 1 || value > r->install.done ? MOTE_NOT_A_DELTA : MOTE_OK;
    case RUN:
      if (value > d->count) {
        return MOTE_NOT_A_DELTA;
      }
      d->step = DIFFERENCE;
      return copy(r, value);
    default:
      return end_length(r, value);
  }
}

static mote_error_t take_number(mote_runtime_t *r, uint8_t byte) {
  mote_delta_t *d = &r->install.delta;
  if (d->shift == 28 ? byte > 7 || byte == 0 : byte == 0 && d->shift > 0) {
    return MOTE_NOT_A_DELTA;
  }
  uint32_t value = d->number | (byte & 0x7fu) << d->shift;
  bool more = byte >= 0x80;
  d->number = more ? value : 0;
  d->shift = (uint8_t)(more ? d->shift + 7 : 0);
  return more ? MOTE_OK : end_number(r, value);
}

/* Eight bits of Rice codes. */
static mote_error_t take_bits(mote_runtime_t *r, uint8_t byte) {
  mote_delta_t *d = &r->install.delta;
  mote_error_t error = MOTE_OK;
  for (uint32_t bits = 8; error == MOTE_OK && bits > 0;) {
    uint32_t bit = (uint32_t)byte >> --bits & 1u;
    if (d->waiting != STILL_ONES) {
      d->folded = (uint16_t)((uint32_t)d->folded << 1 | bit);
      d->waiting--;
    } else if (bit == 0) {
      d->waiting = d->rice;
    } else if (++d->folded == LONGEST_QUOTIENT) {
      d->folded = 0;
      d->waiting = 8;
    }
    if (d->waiting == 0) {
      uint32_t folded = d->folded;
      d->folded = 0;
      d->waiting = STILL_ONES;
      if (d->count == 1) {
        bool filled = (byte & ((1u << bits) - 1u)) == 0;
        bits = 0;
        error = filled ? MOTE_OK : MOTE_NOT_A_DELTA;
      }
      error = error == MOTE_OK ? change(r, folded >> 1 ^ (0u - (folded & 1u))) : error;
    }
  }
  return error;
}

mote_error_t mote_delta_take(mote_runtime_t *runtime, uint8_t byte) {
  mote_delta_t *d = &runtime->install.delta;
  mote_error_t error;
  d->left -= d->step != SEGMENT ? 1u : 0u;
  switch (d->step) {
    case OPERATION:
      error = begin_operation(d, byte);
      break;
    case LITERAL:
      error = make(runtime, &byte, 1);
      break;
    case DIFFERENCE:
      d->step = RUN;
      error = change(runtime, byte);
      break;
    case BITS:
      error = take_bits(runtime, byte);
      break;
    default:
      error = take_number(runtime, byte);
  }
  bool cut = error == MOTE_OK && d->step != SEGMENT && d->left == 0;
  return cut ? MOTE_NOT_A_DELTA : error;
}

#else

typedef int mote_no_deltas_t;

#endif
