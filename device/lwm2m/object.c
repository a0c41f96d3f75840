#include "lwm2m/object.h"

#include <string.h>

mote_value_t mote_text(const char *text) {
  mote_value_t value = {MOTE_TEXT, 0, 0, {(const uint8_t *)text, (uint32_t)strlen(text)}};
  return value;
}

bool mote_path_overlap(const mote_path_t *path, const mote_path_t *other) {
  uint32_t depth = path->depth < other->depth ? path->depth : other->depth;
  return memcmp(path->id, other->id, depth * sizeof path->id[0]) == 0;
}

const mote_object_t *mote_object_of(const mote_tree_t *tree, uint16_t id) {
  for (uint32_t i = 0; i < tree->count; i++) {
    if (tree->objects[i].id == id) {
      return &tree->objects[i];
    }
  }
  return NULL;
}

const mote_resource_t *mote_resource_of(const mote_object_t *object, uint16_t id) {
  for (uint32_t i = 0; i < object->resource_count; i++) {
    if (object->resources[i].id == id) {
      return &object->resources[i];
    }
  }
  return NULL;
}

bool mote_path_exists(const mote_tree_t *tree, const mote_path_t *path) {
  const mote_object_t *object = path->depth == 0 ? NULL : mote_object_of(tree, path->id[0]);
  if (object == NULL || (path->depth > 1 && path->id[1] >= object->instances)) {
    return false;
  }
  const mote_resource_t *resource = path->depth > 2 ? mote_resource_of(object, path->id[2]) : NULL;
  if (path->depth > 3) {
    mote_value_t value;
    return resource != NULL && (resource->operations & MOTE_MULTIPLE) != 0 &&
           object->read(object->context, path->id[1], path->id[2], path->id[3], &value);
  }
  return path->depth < 3 || resource != NULL;
}

void mote_sink_begin(mote_sink_t *sink, uint8_t *to, uint32_t from, uint32_t room) {
  sink->to = to;
  sink->from = from;
  sink->room = room;
  sink->size = 0;
  sink->hash = 2166136261u;
}

/* The hash is FNV-1a. */
void mote_sink_put(mote_sink_t *sink, const void *bytes, uint32_t size) {
  const uint8_t *from = bytes;
  for (uint32_t i = 0; i < size; i++, sink->size++) {
    sink->hash = (sink->hash ^ from[i]) * 16777619u;
    if (sink->size >= sink->from && sink->size - sink->from < sink->room) {
      sink->to[sink->size - sink->from] = from[i];
    }
  }
}

void mote_sink_byte(mote_sink_t *sink, uint32_t byte) {
  const uint8_t one = (uint8_t)byte;
  mote_sink_put(sink, &one, 1);
}

void mote_sink_text(mote_sink_t *sink, const char *text) { mote_sink_put(sink, text, (uint32_t)strlen(text)); }

void mote_sink_decimal(mote_sink_t *sink, int64_t number) {
  char digits[20];
  uint32_t at = sizeof digits;
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) {
    mote_sink_byte(sink, '-');
  }
  mote_sink_put(sink, digits + at, (uint32_t)sizeof digits - at);
}

uint32_t mote_sink_kept(const mote_sink_t *sink) {
  uint32_t behind = sink->size > sink->from ? sink->size - sink->from : 0;
  return behind < sink->room ? behind : sink->room;
}
