/* TLV: OMA LwM2M 1.1 Core, section 7.4.5. */
#include <string.h>

#include "lwm2m/content.h"

enum { SHORT_LENGTH = 7 };

static void put_head(uint8_t kind, uint16_t id, uint32_t size, mote_sink_t *sink) {
  uint32_t length_bytes = size <= SHORT_LENGTH ? 0u : size <= 0xff ? 1u : size <= 0xffff ? 2u : 3u;
  mote_sink_byte(sink, (uint32_t)kind << 6 | (id > 0xff ? 0x20u : 0u) | length_bytes << 3 | (length_bytes == 0 ? size : 0u));
  if (id > 0xff) {
    mote_sink_byte(sink, id >> 8);
  }
  mote_sink_byte(sink, id);
  for (; length_bytes > 0; length_bytes--) {
    mote_sink_byte(sink, size >> 8 * (length_bytes - 1));
  }
}

static void put_big_endian(uint64_t bits, uint32_t bytes, mote_sink_t *sink) {
  for (; bytes > 0; bytes--) {
    mote_sink_byte(sink, (uint32_t)(bits >> 8 * (bytes - 1)));
  }
}

static uint32_t integer_bytes(int64_t number) {
  return number == (int8_t)number ? 1 : number == (int16_t)number ? 2 : number == (int32_t)number ? 4 : 8;
}

static void put_value(uint8_t kind, uint16_t id, const mote_value_t *value, mote_sink_t *sink) {
  uint32_t bits;
  switch (value->type) {
    case MOTE_INTEGER:
      put_head(kind, id, integer_bytes(value->integer), sink);
      put_big_endian((uint64_t)value->integer, integer_bytes(value->integer), sink);
      break;
    case MOTE_BOOLEAN:
      put_head(kind, id, 1, sink);
      mote_sink_byte(sink, value->integer != 0);
      break;
    case MOTE_FLOAT:
      memcpy(&bits, &value->number, sizeof bits);
      put_head(kind, id, sizeof bits, sink);
      put_big_endian(bits, sizeof bits, sink);
      break;
    default:
      put_head(kind, id, value->bytes.size, sink);
      mote_sink_put(sink, value->bytes.at, value->bytes.size);
  }
}

/* The values of a resource that has several; how many there are. */
static uint32_t put_values(const mote_object_t *o, uint16_t instance, uint16_t resource, mote_sink_t *sink) {
  mote_value_t value;
  uint16_t index = 0;
  for (; o->read(o->context, instance, resource, index, &value); index++) {
    put_value(MOTE_TLV_RESOURCE_INSTANCE, index, &value, sink);
  }
  return index;
}

static bool put_resource(const mote_object_t *o, uint16_t instance, const mote_resource_t *r, mote_sink_t *sink) {
  mote_value_t value;
  if ((r->operations & MOTE_READ) == 0) {
    return false;
  }
  if ((r->operations & MOTE_MULTIPLE) == 0) {
    if (!o->read(o->context, instance, r->id, 0, &value)) {
      return false;
    }
    put_value(MOTE_TLV_RESOURCE, r->id, &value, sink);
    return true;
  }
  mote_sink_t counted;
  mote_sink_begin(&counted, NULL, 0, 0);
  if (put_values(o, instance, r->id, &counted) == 0) {
    return false;
  }
  put_head(MOTE_TLV_MULTIPLE, r->id, counted.size, sink);
  (void)put_values(o, instance, r->id, sink);
  return true;
}

static bool put_instance(const mote_object_t *o, uint16_t instance, mote_sink_t *sink) {
  bool any = false;
  for (uint32_t i = 0; i < o->resource_count; i++) {
    any = put_resource(o, instance, &o->resources[i], sink) || any;
  }
  return any;
}

bool mote_tlv_write(const mote_object_t *object, const mote_path_t *path, mote_sink_t *sink) {
  mote_value_t value;
  switch (path->depth) {
    case 1:
      for (uint16_t i = 0; i < object->instances; i++) {
        mote_sink_t counted;
        mote_sink_begin(&counted, NULL, 0, 0);
        (void)put_instance(object, i, &counted);
        put_head(MOTE_TLV_INSTANCE, i, counted.size, sink);
        (void)put_instance(object, i, sink);
      }
      return true;
    case 2:
      (void)put_instance(object, path->id[1], sink);
      return true;
    case 3:
      return put_resource(object, path->id[1], mote_resource_of(object, path->id[2]), sink);
    default:
      if (!object->read(object->context, path->id[1], path->id[2], path->id[3], &value)) {
        return false;
      }
      put_value(MOTE_TLV_RESOURCE_INSTANCE, path->id[3], &value, sink);
      return true;
  }
}

uint32_t mote_tlv_head(mote_bytes_t bytes, mote_tlv_t *tlv) {
  if (bytes.size < 2) {
    return 0;
  }
  uint32_t head = bytes.at[0];
  uint32_t id_bytes = (head & 0x20) != 0 ? 2 : 1;
  uint32_t length_bytes = head >> 3 & 3;
  uint32_t at = 1;
  if (bytes.size < 1 + id_bytes + length_bytes) {
    return 0;
  }
  tlv->kind = (uint8_t)(head >> 6);
  tlv->id = 0;
  for (; id_bytes > 0; id_bytes--) {
    tlv->id = (uint16_t)(tlv->id << 8 | bytes.at[at++]);
  }
  tlv->size = length_bytes == 0 ? head & 7 : 0;
  for (; length_bytes > 0; length_bytes--) {
    tlv->size = tlv->size << 8 | bytes.at[at++];
  }
  return at;
}

static bool get_value(mote_bytes_t bytes, uint8_t type, mote_value_t *value) {
  memset(value, 0, sizeof *value);
  value->type = type;
  value->bytes = bytes;
  if (type == MOTE_TEXT || type == MOTE_OPAQUE) {
    return true;
  }
  uint64_t bits = 0;
  for (uint32_t i = 0; i < bytes.size && i < 8; i++) {
    bits = bits << 8 | bytes.at[i];
  }
  uint32_t unused = 64 - 8 * bytes.size;
  switch (type) {
    case MOTE_BOOLEAN:
      value->integer = (int64_t)bits;
      return bytes.size == 1 && bits <= 1;
    case MOTE_INTEGER:
      if (bytes.size != 1 && bytes.size != 2 && bytes.size != 4 && bytes.size != 8) {
        return false;
      }
      value->integer = (int64_t)(bits << unused) / ((int64_t)1 << unused);
      return true;
    case MOTE_FLOAT:
      if (bytes.size == 4) {
        uint32_t single = (uint32_t)bits;
        memcpy(&value->number, &single, sizeof single);
      } else if (bytes.size == 8) {
        double number;
        memcpy(&number, &bits, sizeof number);
        value->number = (float)number;
      }
      return bytes.size == 4 || bytes.size == 8;
    default:
      return false;
  }
}

typedef struct {
  const mote_object_t *object;
  mote_take_t *take;
  void *context;
} reader_t;

/* The value of a resource, or of an instance of one. */
static uint8_t read_value(const reader_t *r, const mote_path_t *path, mote_bytes_t bytes) {
  const mote_resource_t *resource = mote_resource_of(r->object, path->id[2]);
  mote_value_t value;
  if (resource == NULL) {
    return MOTE_COAP_NOT_FOUND;
  }
  return get_value(bytes, resource->type, &value) ? r->take(r->context, path, &value) : MOTE_COAP_BAD_REQUEST;
}

/* One TLV after the other, of a kind that is one level below `path`. */
static uint8_t read_level(const reader_t *r, mote_path_t *path, mote_bytes_t bytes, bool inner) {
  uint8_t code = MOTE_COAP_CHANGED;
  while (bytes.size > 0 && code == MOTE_COAP_CHANGED) {
    mote_tlv_t tlv;
    uint32_t head = mote_tlv_head(bytes, &tlv);
    if (head == 0 || tlv.size > bytes.size - head) {
      return MOTE_COAP_BAD_REQUEST;
    }
    mote_bytes_t value = {bytes.at + head, tlv.size};
    bytes.at += head + tlv.size;
    bytes.size -= head + tlv.size;
    if (inner ? tlv.kind != MOTE_TLV_RESOURCE_INSTANCE : tlv.kind != MOTE_TLV_RESOURCE && tlv.kind != MOTE_TLV_MULTIPLE) {
      return MOTE_COAP_BAD_REQUEST;
    }
    path->depth = inner ? 4 : 3;
    path->id[path->depth - 1] = tlv.id;
    /* This calls itself once: what is inside has no more levels. */
    code = tlv.kind == MOTE_TLV_MULTIPLE ? read_level(r, path, value, true) : read_value(r, path, value);
  }
  return code;
}

uint8_t mote_tlv_read(const mote_tree_t *tree, const mote_path_t *path, mote_bytes_t bytes, mote_take_t *take, void *context) {
  reader_t reader = {mote_object_of(tree, path->id[0]), take, context};
  mote_path_t inside = *path;
  mote_tlv_t tlv;
  uint32_t head = mote_tlv_head(bytes, &tlv);
  if (head != 0 && path->depth == 2 && tlv.kind == MOTE_TLV_INSTANCE && tlv.id == path->id[1] &&
      tlv.size == bytes.size - head) {
    bytes.at += head;
    bytes.size -= head;
  }
  if (path->depth > 2 && (head == 0 || (path->depth == 3 && tlv.id != path->id[2]))) {
    return MOTE_COAP_BAD_REQUEST;
  }
  return read_level(&reader, &inside, bytes, path->depth == 4);
}
