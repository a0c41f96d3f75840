/* Values as plain text: OMA LwM2M 1.1 Core, section 7.4.4; and paths. */
#include <string.h>

#include "lwm2m/content.h"

enum { DECIMALS = 6, MOST_DIGITS = 18 };

static void write_float(float number, mote_sink_t *sink) {
  if (number != number || number > 9e9f || number < -9e9f) {
    mote_sink_text(sink, number != number ? "NaN" : number < 0 ? "-9e9" : "9e9");
    return;
  }
  int64_t millionths = (int64_t)(number * 1e6f + (number < 0 ? -0.5f : 0.5f));
  if (millionths < 0) {
    mote_sink_byte(sink, '-');
    millionths = -millionths;
  }
  mote_sink_decimal(sink, millionths / 1000000);
  mote_sink_byte(sink, '.');
  for (int64_t place = 100000; place > 0; place /= 10) {
    mote_sink_byte(sink, (uint32_t)('0' + millionths / place % 10));
  }
}

void mote_text_write(const mote_value_t *value, mote_sink_t *sink) {
  if (value->type == MOTE_FLOAT) {
    write_float(value->number, sink);
  } else if (value->type == MOTE_INTEGER || value->type == MOTE_BOOLEAN) {
    mote_sink_decimal(sink, value->integer);
  } else {
    mote_sink_put(sink, value->bytes.at, value->bytes.size);
  }
}

/* Digits, and with `decimals` what is behind a point. */
static bool read_number(mote_bytes_t text, bool decimals, mote_value_t *value) {
  bool negative = text.size > 0 && text.at[0] == '-';
  uint32_t at = negative ? 1 : 0;
  uint32_t digits = 0;
  float place = 0;
  value->integer = 0;
  value->number = 0;
  for (; at < text.size; at++) {
    uint32_t c = text.at[at];
    if (c == '.' && decimals && place == 0 && digits > 0) {
      place = 1;
    } else if (c >= '0' && c <= '9' && digits < MOST_DIGITS) {
      digits++;
      value->integer = value->integer * 10 + (int64_t)(c - '0');
      place /= 10;
      value->number = place > 0 ? value->number + (float)(c - '0') * place : value->number * 10 + (float)(c - '0');
    } else {
      return false;
    }
  }
  value->integer = negative ? -value->integer : value->integer;
  value->number = negative ? -value->number : value->number;
  return digits > 0;
}

bool mote_text_read(mote_bytes_t text, uint8_t type, mote_value_t *value) {
  memset(value, 0, sizeof *value);
  value->type = type;
  value->bytes = text;
  switch (type) {
    case MOTE_TEXT:
      return true;
    case MOTE_INTEGER:
      return read_number(text, false, value);
    case MOTE_FLOAT:
      return read_number(text, true, value);
    case MOTE_BOOLEAN:
      value->integer = mote_coap_is(text, "1");
      return value->integer == 1 || mote_coap_is(text, "0");
    default:
      return false;
  }
}

bool mote_path_read(mote_bytes_t text, mote_path_t *path) {
  uint32_t at = text.size > 0 && text.at[0] == '/' ? 1 : 0;
  path->depth = 0;
  while (at < text.size) {
    uint32_t number = 0;
    uint32_t digits = 0;
    for (; at < text.size && text.at[at] >= '0' && text.at[at] <= '9' && digits < 5; at++, digits++) {
      number = number * 10 + (text.at[at] - '0');
    }
    if (digits == 0 || number >= 0xffff || path->depth == MOTE_MOST_DEPTH || (at < text.size && text.at[at] != '/')) {
      return false;
    }
    path->id[path->depth++] = (uint16_t)number;
    at += at < text.size;
  }
  return path->depth > 0;
}

void mote_path_write(const uint16_t *ids, uint32_t count, mote_sink_t *sink) {
  for (uint32_t i = 0; i < count; i++) {
    mote_sink_byte(sink, '/');
    mote_sink_decimal(sink, ids[i]);
  }
}
