/* TLV, SenML as JSON and as CBOR (LwM2M Core 1.1, 7.4). */
#include "client.h"

#include <stdio.h>
#include <string.h>

static size_t put_tlv(uint8_t *out, unsigned type, uint16_t id, const uint8_t *content, size_t size) {
  unsigned length_bytes = size < 8 ? 0 : size < 256 ? 1 : 2;
  size_t at = 0;
  out[at++] = (uint8_t)(type << 6 | (id > 255 ? 0x20u : 0u) | length_bytes << 3 | (length_bytes == 0 ? size : 0));
  if (id > 255) {
    out[at++] = (uint8_t)(id >> 8);
  }
  out[at++] = (uint8_t)id;
  if (length_bytes == 2) {
    out[at++] = (uint8_t)(size >> 8);
  }
  if (length_bytes > 0) {
    out[at++] = (uint8_t)size;
  }
  memcpy(out + at, content, size);
  return at + size;
}

static size_t raw(const value_t *value, uint8_t *out) {
  uint64_t bits = (uint64_t)value->whole;
  int bytes = 4;
  if (value->kind == TEXT) {
    memcpy(out, value->text, strlen(value->text));
    return strlen(value->text);
  }
  if (value->kind == DECIMAL) {
    memcpy(&bits, &value->decimal, sizeof bits);
    bytes = 8;
  } else if (value->whole >= -128 && value->whole < 128) {
    bytes = 1;
  } else if (value->whole >= -32768 && value->whole < 32768) {
    bytes = 2;
  }
  for (int i = 0; i < bytes; i++) {
    out[i] = (uint8_t)(bits >> 8 * (bytes - 1 - i));
  }
  return (size_t)bytes;
}

static size_t tlv_resource(const value_t *value, uint8_t *out) {
  uint8_t content[MOST_TEXT];
  uint8_t inner[MOST_TEXT + 8];
  size_t size = raw(value, content);
  if (!value->many) {
    return put_tlv(out, 3, value->id, content, size);
  }
  return put_tlv(out, 2, value->id, inner, put_tlv(inner, 1, 0, content, size));
}

static size_t tlv(const value_t *values[], int count, int depth, uint8_t *out) {
  uint8_t inner[MOST_CONTENT];
  size_t size = 0;
  for (int i = 0; i < count; i++) {
    size += tlv_resource(values[i], inner + size);
  }
  if (depth == 1) {
    return put_tlv(out, 0, values[0]->instance, inner, size);
  }
  memcpy(out, inner, size);
  return size;
}

static size_t json(const value_t *values[], int count, uint8_t *out) {
  char *at = (char *)out;
  at += sprintf(at, "[{\"bn\":\"/%u/%u/\"", values[0]->object, values[0]->instance);
  for (int i = 0; i < count; i++) {
    const value_t *value = values[i];
    at += sprintf(at, "%s\"n\":\"%u%s\",", i == 0 ? "," : ",{", value->id, value->many ? "/0" : "");
    switch (value->kind) {
      case TEXT:
        at += sprintf(at, "\"vs\":\"%s\"}", value->text);
        break;
      case WHOLE:
        at += sprintf(at, "\"v\":%ld}", value->whole);
        break;
      case DECIMAL:
        at += sprintf(at, "\"v\":%.3f}", value->decimal);
        break;
    }
  }
  at += sprintf(at, "]");
  return (size_t)(at - (char *)out);
}

static size_t cbor_head(uint8_t *out, unsigned major, uint64_t number) {
  if (number < 24) {
    out[0] = (uint8_t)(major << 5 | number);
    return 1;
  }
  int bytes = number < 256 ? 1 : number < 65536 ? 2 : 4;
  out[0] = (uint8_t)(major << 5 | (bytes == 1 ? 24u : bytes == 2 ? 25u : 26u));
  for (int i = 0; i < bytes; i++) {
    out[1 + i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
  }
  return 1 + (size_t)bytes;
}

static size_t cbor_text(uint8_t *out, const char *text) {
  size_t size = strlen(text);
  size_t head = cbor_head(out, 3, size);
  memcpy(out + head, text, size);
  return head + size;
}

static size_t cbor(const value_t *values[], int count, uint8_t *out) {
  size_t at = cbor_head(out, 4, (uint64_t)count);
  for (int i = 0; i < count; i++) {
    const value_t *value = values[i];
    char name[32];
    at += cbor_head(out + at, 5, i == 0 ? 3 : 2);
    if (i == 0) {
      snprintf(name, sizeof name, "/%u/%u/", value->object, value->instance);
      out[at++] = 0x21; /* -2, the base name */
      at += cbor_text(out + at, name);
    }
    snprintf(name, sizeof name, "%u%s", value->id, value->many ? "/0" : "");
    out[at++] = 0;
    at += cbor_text(out + at, name);
    if (value->kind == TEXT) {
      out[at++] = 3;
      at += cbor_text(out + at, value->text);
    } else {
      out[at++] = 2;
      if (value->kind == DECIMAL) {
        out[at++] = 0xfb;
        at += raw(value, out + at);
      } else {
        at += cbor_head(out + at, value->whole < 0 ? 1 : 0, (uint64_t)(value->whole < 0 ? -1 - value->whole : value->whole));
      }
    }
  }
  return at;
}

size_t encode(int format, const value_t *values[], int count, int depth, uint8_t *out) {
  switch (format) {
    case FORMAT_TLV:
      return tlv(values, count, depth, out);
    case FORMAT_JSON:
      return json(values, count, out);
    case FORMAT_CBOR:
      return cbor(values, count, out);
    default:
      if (values[0]->kind == TEXT) {
        return raw(values[0], out);
      }
      return (size_t)(values[0]->kind == WHOLE ? sprintf((char *)out, "%ld", values[0]->whole)
                                                : sprintf((char *)out, "%.3f", values[0]->decimal));
  }
}

bool next_tlv(const uint8_t **at, const uint8_t *end, uint16_t *id, const uint8_t **content, size_t *size) {
  const uint8_t *in = *at;
  if (end - in < 2) {
    return false;
  }
  uint8_t head = *in++;
  *id = *in++;
  if (head & 0x20) {
    *id = (uint16_t)(*id << 8 | *in++);
  }
  *size = head & 7;
  for (int i = head >> 3 & 3, first = 1; i > 0 && in < end; i--, first = 0) {
    *size = (first ? 0 : *size << 8) | *in++;
  }
  if ((size_t)(end - in) < *size) {
    return false;
  }
  *content = in;
  *at = in + *size;
  return true;
}

/* The number of a head of CBOR; its kind to `major`. */
static uint64_t read_head(const uint8_t **at, const uint8_t *end, unsigned *major) {
  if (*at >= end) {
    *major = 7;
    return 0;
  }
  uint8_t first = *(*at)++;
  uint64_t number = first & 31;
  *major = first >> 5;
  if (number >= 24) {
    int bytes = 1 << ((number - 24) & 3);
    for (number = 0; bytes > 0 && *at < end; bytes--) {
      number = number << 8 | *(*at)++;
    }
  }
  return number;
}

/* The text of the first record that has one. */
static bool senml_text(const uint8_t *at, const uint8_t *end, char *text, size_t room) {
  unsigned major;
  read_head(&at, end, &major);
  uint64_t pairs = major == 4 ? read_head(&at, end, &major) : 0;
  while (pairs-- > 0 && major != 7) {
    uint64_t label = read_head(&at, end, &major);
    bool is_text_value = major == 0 && label == 3;
    uint64_t size = read_head(&at, end, &major);
    if (major == 3) {
      if ((uint64_t)(end - at) < size) {
        return false;
      }
      if (is_text_value && size < room) {
        memcpy(text, at, size);
        text[size] = 0;
        return true;
      }
      at += size;
    }
  }
  return false;
}

bool decode_text(int format, const uint8_t *bytes, size_t size, char *text, size_t room) {
  const uint8_t *content = bytes;
  const uint8_t *at = bytes;
  uint16_t id;
  if (format == FORMAT_CBOR) {
    return senml_text(bytes, bytes + size, text, room);
  }
  if (format == FORMAT_TLV && !next_tlv(&at, bytes + size, &id, &content, &size)) {
    return false;
  }
  if (size >= room) {
    return false;
  }
  memcpy(text, content, size);
  text[size] = 0;
  return true;
}
