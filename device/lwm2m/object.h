/* Objects of LwM2M: what they have, what is in it, and how it is asked for. */
#ifndef MOTE_LWM2M_OBJECT_H
#define MOTE_LWM2M_OBJECT_H

#include "lwm2m/coap.h"

enum { MOTE_TEXT = 1, MOTE_INTEGER, MOTE_FLOAT, MOTE_BOOLEAN, MOTE_OPAQUE };

/* What a resource holds. */
typedef struct {
  uint8_t type;
  int64_t integer; /* or boolean */
  float number;
  mote_bytes_t bytes; /* of text and what is opaque; they stay until the object is asked the next time */
} mote_value_t;

static inline mote_value_t mote_integer(int64_t integer) {
  mote_value_t value = {MOTE_INTEGER, integer, 0, {0, 0}};
  return value;
}
static inline mote_value_t mote_boolean(bool is) {
  mote_value_t value = {MOTE_BOOLEAN, is, 0, {0, 0}};
  return value;
}
static inline mote_value_t mote_float(float number) {
  mote_value_t value = {MOTE_FLOAT, 0, number, {0, 0}};
  return value;
}
static inline mote_value_t mote_opaque(const uint8_t *bytes, uint32_t size) {
  mote_value_t value = {MOTE_OPAQUE, 0, 0, {bytes, size}};
  return value;
}
mote_value_t mote_text(const char *text);

enum { MOTE_READ = 1, MOTE_WRITE = 2, MOTE_EXECUTE = 4, MOTE_MULTIPLE = 8, MOTE_STREAMED = 16 };

typedef struct {
  uint16_t id;
  uint8_t type; /* 0 of one that is executed */
  uint8_t operations;
} mote_resource_t;

/* A part of a resource that is written block by block. */
typedef struct {
  uint32_t offset;
  mote_bytes_t bytes;
  bool last;
} mote_piece_t;

/* Functions that an object does not need are null. Those that change something answer with a code of CoAP. */
typedef struct {
  uint16_t id;
  uint8_t instances; /* their numbers start at 0 */
  uint8_t resource_count;
  const mote_resource_t *resources;
  void *context;
  /* Value `index` of a resource that has several, from 0 on; false when there is none. */
  bool (*read)(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value);
  uint8_t (*write)(void *context, uint16_t instance, uint16_t resource, const mote_value_t *value);
  uint8_t (*execute)(void *context, uint16_t instance, uint16_t resource, mote_bytes_t arguments);
  uint8_t (*stream)(void *context, uint16_t instance, uint16_t resource, const mote_piece_t *piece);
} mote_object_t;

/* Object, instance, resource, instance of the resource. */
#define MOTE_MOST_DEPTH 4u
typedef struct {
  uint16_t id[MOTE_MOST_DEPTH];
  uint8_t depth; /* how many of them there are */
} mote_path_t;

static inline mote_path_t mote_path(uint16_t object, uint16_t instance, uint16_t resource) {
  mote_path_t path = {{object, instance, resource, 0}, 3};
  return path;
}
/* Whether one is in the other, or is the other. */
bool mote_path_overlap(const mote_path_t *path, const mote_path_t *other);

typedef struct {
  const mote_object_t *objects;
  uint32_t count;
} mote_tree_t;

const mote_object_t *mote_object_of(const mote_tree_t *tree, uint16_t id);
const mote_resource_t *mote_resource_of(const mote_object_t *object, uint16_t id);
/* Whether there is such a thing: a resource that an object does not have now is still there. */
bool mote_path_exists(const mote_tree_t *tree, const mote_path_t *path);

/* Takes bytes, counts all of them, and keeps those of a window. So anything is made twice, first to learn its length, and needs no
 * memory. */
typedef struct {
  uint8_t *to;
  uint32_t from; /* the first byte that is kept */
  uint32_t room; /* how many are, at most */
  uint32_t size; /* of all that was put */
  uint32_t hash; /* over it */
} mote_sink_t;

void mote_sink_begin(mote_sink_t *sink, uint8_t *to, uint32_t from, uint32_t room);
void mote_sink_put(mote_sink_t *sink, const void *bytes, uint32_t size);
void mote_sink_byte(mote_sink_t *sink, uint32_t byte);
void mote_sink_text(mote_sink_t *sink, const char *text);
void mote_sink_decimal(mote_sink_t *sink, int64_t number);
/* How many bytes were kept. */
uint32_t mote_sink_kept(const mote_sink_t *sink);

#endif
