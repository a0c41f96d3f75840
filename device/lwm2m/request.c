/* Requests of the server: OMA LwM2M 1.1 Core, section 6.3, over CoAP as in its Transport Bindings. */
#include <string.h>

#include "lwm2m/client.h"

#define NO_OBSERVE 0xffffffffu

/* The options of a request. */
typedef struct {
  mote_path_t path;
  uint16_t accept;
  uint16_t format;
  uint32_t observe;
  bool queries;
  mote_block_t block1;
  mote_block_t block2;
} options_t;

/* MOTE_COAP_EMPTY when they are understood, otherwise what to answer. */
static uint8_t read_options(const mote_coap_t *m, options_t *options) {
  memset(options, 0, sizeof *options);
  options->accept = MOTE_NO_FORMAT;
  options->format = MOTE_NO_FORMAT;
  options->observe = NO_OBSERVE;
  for (mote_coap_option_t o = mote_coap_first(m); o.there; mote_coap_next(&o)) {
    mote_path_t part;
    switch (o.number) {
      case MOTE_COAP_URI_PATH:
        if (options->path.depth == MOTE_MOST_DEPTH || !mote_path_read(o.value, &part) || part.depth != 1 ||
            o.value.at[0] == '/') {
          return MOTE_COAP_NOT_FOUND;
        }
        options->path.id[options->path.depth++] = part.id[0];
        break;
      case MOTE_COAP_CONTENT_FORMAT:
        options->format = (uint16_t)mote_coap_number(o.value);
        break;
      case MOTE_COAP_ACCEPT:
        options->accept = (uint16_t)mote_coap_number(o.value);
        break;
      case MOTE_COAP_OBSERVE:
        options->observe = mote_coap_number(o.value);
        break;
      case MOTE_COAP_URI_QUERY:
        options->queries = true;
        break;
      case MOTE_COAP_BLOCK1:
      case MOTE_COAP_BLOCK2:
        if (!mote_block_read(o.value, o.number == MOTE_COAP_BLOCK1 ? &options->block1 : &options->block2)) {
          return MOTE_COAP_BAD_REQUEST;
        }
        break;
      case MOTE_COAP_URI_HOST:
      case MOTE_COAP_URI_PORT:
        break;
      default:
        if (o.number % 2 == 1) {
          return MOTE_COAP_BAD_OPTION; /* critical, and unknown: RFC 7252, section 5.4.1 */
        }
    }
  }
  return MOTE_COAP_EMPTY;
}

/* All of a path in its format; links when `format` is of these. */
static bool write_all(const mote_tree_t *tree, const mote_path_t *path, uint16_t format, mote_sink_t *sink) {
  if (format == MOTE_FORMAT_LINKS) {
    mote_links_write(tree, path, sink);
    return true;
  }
  return mote_content_write(tree, path, format, sink);
}

static uint8_t read_path(mote_lwm2m_t *c, const mote_coap_t *m, const options_t *options, mote_coap_writer_t *w) {
  mote_tree_t tree = mote_lwm2m_tree(c);
  mote_sink_t all;
  mote_sink_t sink;
  uint32_t room;
  bool discover = options->accept == MOTE_FORMAT_LINKS;
  uint16_t format = discover ? MOTE_FORMAT_LINKS : mote_content_format(&tree, &options->path, options->accept);
  const mote_object_t *object = mote_object_of(&tree, options->path.id[0]);
  if (options->path.depth >= 3 && !discover &&
      (mote_resource_of(object, options->path.id[2])->operations & MOTE_READ) == 0) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  if (format == MOTE_NO_FORMAT) {
    return MOTE_COAP_NOT_ACCEPTABLE;
  }
  mote_sink_begin(&all, NULL, 0, 0);
  if (!write_all(&tree, &options->path, format, &all)) {
    return MOTE_COAP_NOT_FOUND;
  }
  mote_block_t block = {true, false, 6, 0};
  if (options->block2.there) {
    block = options->block2;
  }
  uint32_t from = mote_block_offset(&block);
  if (from > 0 && from >= all.size) {
    return MOTE_COAP_BAD_OPTION;
  }
  block.more = all.size - from > mote_block_bytes(&block);
  bool observed = false;
  if (!discover && options->observe == 0 && from == 0) {
    observed = mote_observe(c, m, &options->path, format, all.hash);
  } else if (options->observe == 1) {
    mote_observe_forget(c, m);
  }
  w->bytes[1] = MOTE_COAP_CONTENT;
  if (block.more || from > 0) {
    mote_coap_put(w, MOTE_COAP_ETAG, &all.hash, sizeof all.hash);
  }
  if (observed) {
    mote_coap_put_number(w, MOTE_COAP_OBSERVE, 1);
  }
  mote_coap_put_number(w, MOTE_COAP_CONTENT_FORMAT, format);
  if (block.more || options->block2.there) {
    mote_coap_put_block(w, MOTE_COAP_BLOCK2, &block);
  }
  uint8_t *payload = mote_coap_payload(w, &room);
  uint32_t size = mote_block_bytes(&block) < room ? mote_block_bytes(&block) : room;
  mote_sink_begin(&sink, payload, from, size);
  (void)write_all(&tree, &options->path, format, &sink);
  mote_coap_filled(w, mote_sink_kept(&sink));
  return MOTE_COAP_CONTENT;
}

static uint8_t take_value(void *context, const mote_path_t *path, const mote_value_t *value) {
  mote_lwm2m_t *c = context;
  mote_tree_t tree = mote_lwm2m_tree(c);
  const mote_object_t *object = mote_object_of(&tree, path->id[0]);
  const mote_resource_t *resource = mote_resource_of(object, path->id[2]);
  if ((resource->operations & MOTE_WRITE) == 0) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  if ((resource->operations & MOTE_STREAMED) != 0) {
    mote_piece_t piece = {0, value->bytes, true};
    return object->stream(object->context, path->id[1], path->id[2], &piece);
  }
  uint8_t code = object->write(object->context, path->id[1], path->id[2], value);
  if (code == MOTE_COAP_CHANGED) {
    mote_lwm2m_changed(c, path->id[0], path->id[1], path->id[2]);
  }
  return code;
}

/* A block of a resource that takes them, as the bytes themselves. */
static uint8_t stream(const mote_object_t *object, const mote_coap_t *m, const options_t *options) {
  mote_piece_t piece = {mote_block_offset(&options->block1), m->payload, !options->block1.more};
  if (options->format != MOTE_FORMAT_OPAQUE && options->format != MOTE_NO_FORMAT) {
    return MOTE_COAP_FORMAT;
  }
  if (!piece.last && m->payload.size != mote_block_bytes(&options->block1)) {
    return MOTE_COAP_BAD_REQUEST;
  }
  return object->stream(object->context, options->path.id[1], options->path.id[2], &piece);
}

static uint8_t write_path(mote_lwm2m_t *c, const mote_coap_t *m, const options_t *options) {
  mote_tree_t tree = mote_lwm2m_tree(c);
  const mote_object_t *object = mote_object_of(&tree, options->path.id[0]);
  const mote_resource_t *resource = options->path.depth < 3 ? NULL : mote_resource_of(object, options->path.id[2]);
  if (options->path.depth < 2 || object->write == NULL) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  if (resource != NULL && (resource->operations & MOTE_WRITE) == 0) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  bool parts = options->block1.there && (options->block1.more || options->block1.number > 0);
  if (resource != NULL && (resource->operations & MOTE_STREAMED) != 0 &&
      (parts || options->format == MOTE_FORMAT_OPAQUE || options->format == MOTE_NO_FORMAT)) {
    return stream(object, m, options);
  }
  if (parts) {
    return MOTE_COAP_TOO_LARGE;
  }
  return mote_content_read(&tree, &options->path, options->format, m->payload, take_value, c);
}

static uint8_t execute(mote_lwm2m_t *c, const mote_coap_t *m, const options_t *options) {
  mote_tree_t tree = mote_lwm2m_tree(c);
  const mote_object_t *object = mote_object_of(&tree, options->path.id[0]);
  return options->block1.there && options->block1.more
             ? MOTE_COAP_TOO_LARGE
             : object->execute(object->context, options->path.id[1], options->path.id[2], m->payload);
}

static uint8_t post(mote_lwm2m_t *c, const mote_coap_t *m, const options_t *options) {
  mote_tree_t tree = mote_lwm2m_tree(c);
  if (options->path.depth == 3) {
    const mote_resource_t *resource = mote_resource_of(mote_object_of(&tree, options->path.id[0]), options->path.id[2]);
    if ((resource->operations & MOTE_EXECUTE) != 0) {
      return execute(c, m, options);
    }
  }
  return options->path.depth < 2 ? MOTE_COAP_NOT_ALLOWED : write_path(c, m, options);
}

void mote_request(mote_lwm2m_t *c, const mote_coap_t *m, mote_coap_writer_t *w) {
  options_t options;
  mote_tree_t tree = mote_lwm2m_tree(c);
  uint8_t code = read_options(m, &options);
  if (code == MOTE_COAP_EMPTY && !mote_path_exists(&tree, &options.path)) {
    code = MOTE_COAP_NOT_FOUND;
  }
  if (code == MOTE_COAP_EMPTY) {
    switch (m->code) {
      case MOTE_COAP_GET:
        code = read_path(c, m, &options, w);
        break;
      case MOTE_COAP_PUT:
        code = options.queries && m->payload.size == 0 ? mote_attributes_write(c, m, &options.path)
                                                       : write_path(c, m, &options);
        break;
      case MOTE_COAP_POST:
        code = post(c, m, &options);
        break;
      default:
        code = MOTE_COAP_NOT_ALLOWED; /* Create and Delete: instances are what the device has */
    }
  }
  w->bytes[1] = code;
  if (code != MOTE_COAP_CONTENT && options.block1.there) {
    mote_block_t block = options.block1;
    if (code != MOTE_COAP_CONTINUE) {
      block.more = false;
    }
    mote_coap_put_block(w, MOTE_COAP_BLOCK1, &block);
  }
}
