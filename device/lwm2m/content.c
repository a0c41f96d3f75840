#include "lwm2m/content.h"

#include <string.h>

static bool is_single(const mote_resource_t *resource, const mote_path_t *path) {
  return path->depth == 4 || (path->depth == 3 && (resource->operations & MOTE_MULTIPLE) == 0);
}

uint16_t mote_content_format(const mote_tree_t *tree, const mote_path_t *path, uint16_t accept) {
  const mote_object_t *object = mote_object_of(tree, path->id[0]);
  const mote_resource_t *resource = path->depth < 3 ? NULL : mote_resource_of(object, path->id[2]);
  bool single = is_single(resource, path);
  uint16_t plain = single && resource->type == MOTE_OPAQUE ? MOTE_FORMAT_OPAQUE : MOTE_FORMAT_TEXT;
  switch (accept) {
    case MOTE_NO_FORMAT:
      return single ? plain : MOTE_FORMAT_TLV;
    case MOTE_FORMAT_TLV:
    case MOTE_FORMAT_SENML:
      return accept;
    case MOTE_FORMAT_TEXT:
    case MOTE_FORMAT_OPAQUE:
      return single && accept == plain ? plain : MOTE_NO_FORMAT;
    default:
      return MOTE_NO_FORMAT;
  }
}

bool mote_content_write(const mote_tree_t *tree, const mote_path_t *path, uint16_t format, mote_sink_t *sink) {
  const mote_object_t *object = mote_object_of(tree, path->id[0]);
  mote_value_t value;
  bool there = path->depth < 3 || ((mote_resource_of(object, path->id[2])->operations & MOTE_READ) != 0 &&
                                   object->read(object->context, path->id[1], path->id[2], path->depth == 4 ? path->id[3] : 0,
                                                &value));
  if (!there) {
    return false;
  }
  switch (format) {
    case MOTE_FORMAT_TLV:
      return mote_tlv_write(object, path, sink);
    case MOTE_FORMAT_SENML:
      mote_senml_write(tree, path, 1, sink);
      return true;
    default:
      mote_text_write(&value, sink);
      return true;
  }
}

static void put_link(const uint16_t *ids, uint32_t count, mote_sink_t *sink) {
  if (sink->size > 0) {
    mote_sink_byte(sink, ',');
  }
  mote_sink_byte(sink, '<');
  mote_path_write(ids, count, sink);
  mote_sink_byte(sink, '>');
}

/* An instance, and each of its resources that is there. */
static void put_instance_links(const mote_object_t *o, uint16_t instance, mote_sink_t *sink) {
  uint16_t ids[] = {o->id, instance, 0};
  put_link(ids, 2, sink);
  for (uint32_t i = 0; i < o->resource_count; i++) {
    const mote_resource_t *r = &o->resources[i];
    uint16_t values = 0;
    mote_value_t value;
    ids[2] = r->id;
    if ((r->operations & MOTE_READ) != 0 && !o->read(o->context, instance, r->id, 0, &value)) {
      continue;
    }
    put_link(ids, 3, sink);
    if ((r->operations & MOTE_MULTIPLE) != 0) {
      while (o->read(o->context, instance, r->id, values, &value)) {
        values++;
      }
      mote_sink_text(sink, ";dim=");
      mote_sink_decimal(sink, values);
    }
  }
}

void mote_links_write(const mote_tree_t *tree, const mote_path_t *path, mote_sink_t *sink) {
  const mote_object_t *o = mote_object_of(tree, path->id[0]);
  if (path->depth >= 3) {
    put_link(path->id, 3, sink);
    return;
  }
  if (path->depth == 1) {
    put_link(path->id, 1, sink);
  }
  for (uint16_t i = 0; i < o->instances; i++) {
    if (path->depth == 1 || i == path->id[1]) {
      put_instance_links(o, i, sink);
    }
  }
}

void mote_links_register(const mote_tree_t *tree, mote_sink_t *sink) {
  mote_sink_text(sink, "</>;rt=\"oma.lwm2m\";ct=\"0 42 112 11542\"");
  for (uint32_t i = 0; i < tree->count; i++) {
    for (uint16_t instance = 0; instance < tree->objects[i].instances; instance++) {
      const uint16_t ids[] = {tree->objects[i].id, instance};
      put_link(ids, 2, sink);
    }
  }
}

uint8_t mote_content_read(const mote_tree_t *tree, const mote_path_t *path, uint16_t format, mote_bytes_t bytes, mote_take_t *take,
                          void *context) {
  const mote_resource_t *resource =
      path->depth < 3 ? NULL : mote_resource_of(mote_object_of(tree, path->id[0]), path->id[2]);
  mote_value_t value;
  if (format == MOTE_FORMAT_TLV) {
    return mote_tlv_read(tree, path, bytes, take, context);
  }
  if (format == MOTE_FORMAT_SENML) {
    return mote_senml_read(tree, path, bytes, take, context);
  }
  if (resource == NULL || (format != MOTE_FORMAT_TEXT && format != MOTE_FORMAT_OPAQUE && format != MOTE_NO_FORMAT)) {
    return MOTE_COAP_FORMAT;
  }
  if (resource->type == MOTE_OPAQUE && format != MOTE_FORMAT_TEXT) {
    value = mote_opaque(bytes.at, bytes.size);
  } else if (format == MOTE_FORMAT_OPAQUE || !mote_text_read(bytes, resource->type, &value)) {
    return MOTE_COAP_BAD_REQUEST;
  }
  return take(context, path, &value);
}
