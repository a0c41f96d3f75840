#include "lwm2m/coap.h"

#include <string.h>

#define HEADER 4u
#define MARKER 0xffu

/* Reads an option's delta or length: 4 bits, and what stands behind the first byte for 13 and 14. False for 15. */
static bool extended(const uint8_t **at, const uint8_t *end, uint32_t nibble, uint32_t *value) {
  uint32_t bytes = nibble < 13 ? 0 : nibble - 12;
  if (nibble == 15 || (uint32_t)(end - *at) < bytes) {
    return false;
  }
  *value = nibble;
  if (bytes == 1) {
    *value = 13u + (*at)[0];
  } else if (bytes == 2) {
    *value = 269u + ((uint32_t)(*at)[0] << 8 | (*at)[1]);
  }
  *at += bytes;
  return true;
}

/* Takes the option at the end of the last one; false when bytes are none. At the end and at the marker there is none either,
 * but that is no error. */
static bool take(mote_coap_option_t *o) {
  const uint8_t *at = o->value.at + o->value.size;
  uint32_t delta;
  uint32_t size;
  o->there = false;
  if (at == o->end || *at == MARKER) {
    o->value.at = at;
    o->value.size = 0;
    return true;
  }
  uint32_t head = *at++;
  if (!extended(&at, o->end, head >> 4, &delta) || !extended(&at, o->end, head & 15, &size) ||
      size > (uint32_t)(o->end - at) || delta + o->number > 0xffffu) {
    return false;
  }
  o->there = true;
  o->number = (uint16_t)(o->number + delta);
  o->value.at = at;
  o->value.size = size;
  return true;
}

bool mote_coap_parse(const uint8_t *bytes, uint32_t size, mote_coap_t *m) {
  memset(m, 0, sizeof *m);
  m->type = MOTE_COAP_RST;
  m->options.at = bytes; /* what is empty is somewhere as well */
  m->payload.at = bytes;
  if (size < HEADER || bytes[0] >> 6 != 1) {
    return false;
  }
  m->type = bytes[0] >> 4 & 3;
  m->code = bytes[1];
  m->id = (uint16_t)(bytes[2] << 8 | bytes[3]);
  m->token_size = bytes[0] & 15;
  if (m->token_size > MOTE_COAP_MOST_TOKEN || m->token_size > size - HEADER) {
    return false;
  }
  if (m->code == MOTE_COAP_EMPTY) {
    return size == HEADER && m->token_size == 0;
  }
  memcpy(m->token, bytes + HEADER, m->token_size);
  mote_coap_option_t option = {true, 0, {bytes + HEADER + m->token_size, 0}, bytes + size};
  m->options.at = option.value.at;
  while (option.there) {
    if (!take(&option)) {
      return false;
    }
  }
  const uint8_t *end = option.value.at;
  m->options.size = (uint32_t)(end - m->options.at);
  if (end < option.end) {
    m->payload.at = end + 1;
    m->payload.size = (uint32_t)(option.end - m->payload.at);
    return m->payload.size > 0; /* a marker without a payload is an error */
  }
  return true;
}

mote_coap_option_t mote_coap_first(const mote_coap_t *message) {
  mote_coap_option_t option = {true, 0, {message->options.at, 0}, message->options.at + message->options.size};
  (void)take(&option);
  return option;
}

void mote_coap_next(mote_coap_option_t *option) { (void)take(option); }

uint32_t mote_coap_number(mote_bytes_t value) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < value.size; i++) {
    number = number << 8 | value.at[i];
  }
  return value.size > 4 ? 0xffffffffu : number;
}

bool mote_coap_is(mote_bytes_t value, const char *text) {
  return strlen(text) == value.size && memcmp(text, value.at, value.size) == 0;
}

bool mote_block_read(mote_bytes_t value, mote_block_t *block) {
  uint32_t number = mote_coap_number(value);
  block->there = true;
  block->exponent = number & 7;
  block->more = (number & 8) != 0;
  block->number = number >> 4;
  return value.size <= 3 && block->exponent != 7;
}

uint32_t mote_block_offset(const mote_block_t *block) { return block->number << (block->exponent + 4u); }

static void put_bytes(mote_coap_writer_t *w, const void *bytes, uint32_t size) {
  if (w->full || size > w->room - w->size) {
    w->full = true;
  } else if (size > 0) {
    memcpy(w->bytes + w->size, bytes, size);
    w->size += size;
  }
}

void mote_coap_begin(mote_coap_writer_t *w, uint8_t type, uint8_t code, uint16_t id, const uint8_t *token,
                     uint8_t token_size) {
  const uint8_t head[HEADER] = {(uint8_t)(0x40u | (unsigned)type << 4 | token_size), code, (uint8_t)(id >> 8), (uint8_t)id};
  w->size = 0;
  w->last = 0;
  w->full = false;
  put_bytes(w, head, sizeof head);
  put_bytes(w, token, token_size);
}

/* The 4 bits of a delta or a length; what is behind them goes to `more`. */
static uint8_t shortened(uint32_t value, uint8_t *more, uint32_t *bytes) {
  if (value < 13) {
    return (uint8_t)value;
  }
  if (value < 269) {
    more[(*bytes)++] = (uint8_t)(value - 13);
    return 13;
  }
  more[(*bytes)++] = (uint8_t)((value - 269) >> 8);
  more[(*bytes)++] = (uint8_t)(value - 269);
  return 14;
}

void mote_coap_put(mote_coap_writer_t *w, uint16_t number, const void *value, uint32_t size) {
  uint8_t head[5];
  uint32_t bytes = 1;
  uint8_t delta = shortened((uint32_t)number - w->last, head, &bytes);
  uint8_t length = shortened(size, head, &bytes);
  head[0] = (uint8_t)(delta << 4 | length);
  put_bytes(w, head, bytes);
  put_bytes(w, value, size);
  w->last = number;
}

void mote_coap_put_text(mote_coap_writer_t *w, uint16_t number, const char *text) {
  mote_coap_put(w, number, text, (uint32_t)strlen(text));
}

void mote_coap_put_number(mote_coap_writer_t *w, uint16_t number, uint32_t value) {
  uint8_t bytes[4];
  uint32_t size = 0;
  for (uint32_t shift = 32; shift > 0; shift -= 8) {
    if (value >> (shift - 8) != 0) {
      bytes[size++] = (uint8_t)(value >> (shift - 8));
    }
  }
  mote_coap_put(w, number, bytes, size);
}

void mote_coap_put_block(mote_coap_writer_t *w, uint16_t number, const mote_block_t *block) {
  mote_coap_put_number(w, number, block->number << 4 | (block->more ? 8u : 0u) | block->exponent);
}

void mote_coap_put_path(mote_coap_writer_t *w, uint16_t number, const char *path) {
  while (*path != '\0') {
    uint32_t size = 0;
    while (path[size] != '\0' && path[size] != '/') {
      size++;
    }
    if (size > 0) {
      mote_coap_put(w, number, path, size);
    }
    path += size + (path[size] == '/');
  }
}

uint8_t *mote_coap_payload(mote_coap_writer_t *w, uint32_t *room) {
  const uint8_t marker = MARKER;
  put_bytes(w, &marker, 1);
  *room = w->full ? 0 : w->room - w->size;
  return w->bytes + w->size;
}

void mote_coap_filled(mote_coap_writer_t *w, uint32_t size) {
  if (size == 0) {
    w->size--; /* the marker: there is no payload */
  } else {
    w->size += size;
  }
}
