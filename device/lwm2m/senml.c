/* SenML in CBOR: RFC 8428, section 6, with what OMA LwM2M 1.1 Core, section 7.4.6, adds to it. */
#include <string.h>

#include "lwm2m/content.h"

/* Labels. */
enum { BASE_NAME = -2, NAME = 0, VALUE = 2, TEXT_VALUE = 3, BOOLEAN_VALUE = 4, DATA_VALUE = 8 };

static void put_head(uint32_t major, uint64_t number, mote_sink_t *sink) {
  uint32_t bytes = number < 24 ? 0u : number <= 0xff ? 1u : number <= 0xffff ? 2u : number <= 0xffffffffu ? 4u : 8u;
  uint32_t log = bytes == 8 ? 3u : bytes == 4 ? 2u : bytes == 2 ? 1u : 0u;
  mote_sink_byte(sink, major << 5 | (bytes == 0 ? (uint32_t)number : 24u + log));
  for (; bytes > 0; bytes--) {
    mote_sink_byte(sink, (uint32_t)(number >> 8 * (bytes - 1)));
  }
}

static void put_integer(int64_t number, mote_sink_t *sink) {
  if (number < 0) {
    put_head(MOTE_CBOR_NEGATIVE, (uint64_t)(-1 - number), sink);
  } else {
    put_head(MOTE_CBOR_UINT, (uint64_t)number, sink);
  }
}

static void put_value(const mote_value_t *value, mote_sink_t *sink) {
  uint32_t bits;
  switch (value->type) {
    case MOTE_INTEGER:
      put_integer(VALUE, sink);
      put_integer(value->integer, sink);
      break;
    case MOTE_FLOAT:
      put_integer(VALUE, sink);
      memcpy(&bits, &value->number, sizeof bits);
      mote_sink_byte(sink, 0xfa);
      for (uint32_t shift = 32; shift > 0; shift -= 8) {
        mote_sink_byte(sink, bits >> (shift - 8));
      }
      break;
    case MOTE_BOOLEAN:
      put_integer(BOOLEAN_VALUE, sink);
      mote_sink_byte(sink, value->integer != 0 ? 0xf5 : 0xf4);
      break;
    default:
      put_integer(value->type == MOTE_TEXT ? TEXT_VALUE : DATA_VALUE, sink);
      put_head(value->type == MOTE_TEXT ? MOTE_CBOR_TEXT : MOTE_CBOR_BYTES, value->bytes.size, sink);
      mote_sink_put(sink, value->bytes.at, value->bytes.size);
  }
}

/* The records of one path; a sink that is null counts them. */
static uint32_t put_resource(const mote_object_t *o, uint16_t instance, const mote_resource_t *r, const mote_path_t *path,
                             mote_sink_t *sink) {
  bool multiple = (r->operations & MOTE_MULTIPLE) != 0;
  uint16_t index = path->depth == 4 ? path->id[3] : 0;
  uint32_t records = 0;
  mote_value_t value;
  for (; (r->operations & MOTE_READ) != 0 && (multiple || records == 0) && (path->depth < 4 || records == 0) &&
         o->read(o->context, instance, r->id, index, &value);
       index++, records++) {
    if (sink != NULL) {
      const uint16_t ids[] = {o->id, instance, r->id, index};
      mote_sink_t counted;
      mote_sink_begin(&counted, NULL, 0, 0);
      mote_path_write(ids, multiple ? 4 : 3, &counted);
      put_head(MOTE_CBOR_MAP, 2, sink);
      put_integer(NAME, sink);
      put_head(MOTE_CBOR_TEXT, counted.size, sink);
      mote_path_write(ids, multiple ? 4 : 3, sink);
      put_value(&value, sink);
    }
  }
  return records;
}

static uint32_t put_path(const mote_tree_t *tree, const mote_path_t *path, mote_sink_t *sink) {
  const mote_object_t *o = mote_object_of(tree, path->id[0]);
  uint32_t records = 0;
  for (uint16_t instance = 0; instance < o->instances; instance++) {
    for (uint32_t i = 0; i < o->resource_count && (path->depth < 2 || instance == path->id[1]); i++) {
      if (path->depth < 3 || o->resources[i].id == path->id[2]) {
        records += put_resource(o, instance, &o->resources[i], path, sink);
      }
    }
  }
  return records;
}

void mote_senml_write(const mote_tree_t *tree, const mote_path_t *paths, uint32_t count, mote_sink_t *sink) {
  uint32_t records = 0;
  for (uint32_t i = 0; i < count; i++) {
    records += put_path(tree, &paths[i], NULL);
  }
  put_head(MOTE_CBOR_ARRAY, records, sink);
  for (uint32_t i = 0; i < count; i++) {
    (void)put_path(tree, &paths[i], sink);
  }
}

/* --- Reading. Servers do not write the deterministic encoding that modules are in: lengths may be indefinite. */

#define INDEFINITE 31u
#define BREAK 0xffu

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  uint32_t major;
  uint32_t detail; /* 24 to 27: what number follows; 31: of unknown length */
  uint64_t number;
} cursor_t;

static bool head(cursor_t *c) {
  if (c->at == c->end) {
    return false;
  }
  c->major = *c->at >> 5;
  c->detail = *c->at++ & 31u;
  c->number = c->detail;
  if (c->detail >= 24 && c->detail <= 27) {
    uint32_t bytes = 1u << (c->detail - 24);
    if ((uint32_t)(c->end - c->at) < bytes) {
      return false;
    }
    c->number = 0;
    for (; bytes > 0; bytes--) {
      c->number = c->number << 8 | *c->at++;
    }
  }
  return c->detail < 28 || (c->detail == INDEFINITE && (c->major == MOTE_CBOR_ARRAY || c->major == MOTE_CBOR_MAP));
}

/* The bytes of a string whose head was read. */
static bool string(cursor_t *c, mote_bytes_t *bytes) {
  if (c->number > (uint64_t)(c->end - c->at)) {
    return false;
  }
  bytes->at = c->at;
  bytes->size = (uint32_t)c->number;
  c->at += bytes->size;
  return true;
}

/* Whether one more item of a collection follows; `left` counts those of a known number. */
static bool more(cursor_t *c, bool indefinite, uint64_t *left) {
  if (indefinite) {
    if (c->at < c->end && *c->at == BREAK) {
      c->at++;
      return false;
    }
    return true; /* at the end of the bytes the next head fails */
  }
  return (*left)-- > 0;
}

static float half(uint32_t bits) {
  float fraction = (float)(bits & 0x3ff) / 1024.0f;
  int32_t exponent = (int32_t)(bits >> 10 & 31);
  float value = exponent == 0 ? fraction / 16384.0f : 1.0f + fraction;
  for (; exponent > 15; exponent--) {
    value *= 2;
  }
  for (; exponent != 0 && exponent < 15; exponent++) {
    value /= 2;
  }
  return (bits & 0x8000u) != 0 ? -value : value;
}

/* A value of a simple type, of which the head was read. False for what is none. */
static bool scalar(cursor_t *c, mote_value_t *value) {
  memset(value, 0, sizeof *value);
  switch (c->major) {
    case MOTE_CBOR_UINT:
    case MOTE_CBOR_NEGATIVE:
      value->type = MOTE_INTEGER;
      value->integer = c->major == MOTE_CBOR_UINT ? (int64_t)c->number : -1 - (int64_t)c->number;
      value->number = (float)value->integer;
      return c->number <= INT64_MAX;
    case MOTE_CBOR_BYTES:
    case MOTE_CBOR_TEXT:
      value->type = c->major == MOTE_CBOR_TEXT ? MOTE_TEXT : MOTE_OPAQUE;
      return string(c, &value->bytes);
    case MOTE_CBOR_SIMPLE:
      value->type = c->detail < 24 ? MOTE_BOOLEAN : MOTE_FLOAT;
      if (c->detail == 25) {
        value->number = half((uint32_t)c->number);
      } else if (c->detail == 26) {
        uint32_t bits = (uint32_t)c->number;
        memcpy(&value->number, &bits, sizeof bits);
      } else if (c->detail == 27) {
        double number;
        memcpy(&number, &c->number, sizeof number);
        value->number = (float)number;
      } else {
        value->integer = c->detail == 21;
        return c->detail == 20 || c->detail == 21;
      }
      return true;
    default:
      return false;
  }
}

/* Makes what was read of the type that the resource has. */
static bool fits(mote_value_t *value, uint8_t type) {
  if (type == MOTE_FLOAT && value->type == MOTE_INTEGER) {
    value->type = MOTE_FLOAT;
  } else if (type == MOTE_INTEGER && value->type == MOTE_FLOAT && value->number > -1e9f && value->number < 1e9f &&
             (float)(int32_t)value->number == value->number) {
    value->type = MOTE_INTEGER; /* 3.0 is what some write for 3 */
    value->integer = (int32_t)value->number;
  }
  return value->type == type;
}

typedef struct {
  mote_bytes_t base;
  mote_bytes_t name;
  mote_value_t value;
  bool has_value;
} record_t;

/* A map whose head was read. */
static bool read_record(cursor_t *c, record_t *r) {
  bool indefinite = c->detail == INDEFINITE;
  uint64_t left = c->number;
  r->name.size = 0;
  r->has_value = false;
  while (more(c, indefinite, &left)) {
    mote_value_t label;
    mote_value_t value;
    if (!head(c) || !scalar(c, &label) || !head(c) || !scalar(c, &value)) {
      return false;
    }
    if (label.type != MOTE_INTEGER) {
      return false; /* "vlo", a link: no resource here takes one */
    }
    switch (label.integer) {
      case BASE_NAME:
      case NAME:
        if (value.type != MOTE_TEXT) {
          return false;
        }
        *(label.integer == NAME ? &r->name : &r->base) = value.bytes;
        break;
      case VALUE:
      case TEXT_VALUE:
      case BOOLEAN_VALUE:
      case DATA_VALUE:
        r->value = value;
        r->has_value = true;
        break;
      default:
        break; /* time and unit do not matter to a value that is written */
    }
  }
  return true;
}

/* The path of a record: base name and name, one behind the other. */
static bool path_of(const record_t *r, mote_path_t *path) {
  uint8_t text[32];
  if (r->base.size + r->name.size > sizeof text) {
    return false;
  }
  if (r->base.size > 0) {
    memcpy(text, r->base.at, r->base.size);
  }
  if (r->name.size > 0) {
    memcpy(text + r->base.size, r->name.at, r->name.size);
  }
  mote_bytes_t all = {text, r->base.size + r->name.size};
  return mote_path_read(all, path);
}

uint8_t mote_senml_read(const mote_tree_t *tree, const mote_path_t *path, mote_bytes_t bytes, mote_take_t *take, void *context) {
  cursor_t c = {bytes.at, bytes.at + bytes.size, 0, 0, 0};
  record_t record;
  uint8_t code = MOTE_COAP_CHANGED;
  memset(&record, 0, sizeof record);
  if (!head(&c) || c.major != MOTE_CBOR_ARRAY) {
    return MOTE_COAP_BAD_REQUEST;
  }
  bool indefinite = c.detail == INDEFINITE;
  uint64_t left = c.number;
  while (code == MOTE_COAP_CHANGED && more(&c, indefinite, &left)) {
    mote_path_t at;
    if (!head(&c) || c.major != MOTE_CBOR_MAP || !read_record(&c, &record) || !path_of(&record, &at) || !record.has_value ||
        at.depth < 3 || at.depth < path->depth || !mote_path_overlap(path, &at)) {
      return MOTE_COAP_BAD_REQUEST;
    }
    const mote_object_t *object = mote_object_of(tree, at.id[0]);
    const mote_resource_t *resource = object == NULL ? NULL : mote_resource_of(object, at.id[2]);
    if (resource == NULL) {
      return MOTE_COAP_NOT_FOUND;
    }
    code = fits(&record.value, resource->type) ? take(context, &at, &record.value) : MOTE_COAP_BAD_REQUEST;
  }
  return code == MOTE_COAP_CHANGED && c.at != c.end ? MOTE_COAP_BAD_REQUEST : code;
}
