#include "runtime/manifest.h"

#include <string.h>

#define SHA_256 32u
#define MOST_MANIFEST 32768u
#define MOST_FILES 16u
#define MOST_RAM (INT64_C(1) << 40)
#define EXTENSIONS INT64_C(-256)

/* The next bytes of a sequence that follows from the payloads. */
static void expect(mote_reader_t *in, const void *bytes, uint32_t size) {
  if (in->error != MOTE_OK || (uint32_t)(in->end - in->at) < size || memcmp(in->at, bytes, size) != 0) {
    mote_refuse(in, MOTE_COMMANDS);
    return;
  }
  in->at += size;
}

static void expect_array(mote_reader_t *in, uint32_t count) {
  uint8_t head[2] = {0x98, (uint8_t)count};
  if (count < 24) {
    head[0] = (uint8_t)(0x80 | count);
  }
  expect(in, head, count < 24 ? 1 : 2);
}

static void expect_index(mote_reader_t *in, uint32_t index) {
  uint8_t bytes[2] = {12, (uint8_t)index};
  expect(in, bytes, sizeof bytes);
}

static void expect_end(mote_reader_t *in) {
  if (in->at != in->end) {
    mote_refuse(in, MOTE_COMMANDS);
  }
}

/* A byte string whose contents are compared, and then passed over. */
static mote_reader_t open_sequence(mote_reader_t *r) {
  mote_bytes_t bytes = mote_read_bytes(r);
  mote_reader_t in = {bytes.at, bytes.at + bytes.size, r->error};
  return in;
}

static void read_components(mote_reader_t *r, uint8_t *count) {
  *count = (uint8_t)mote_read_array(r, 1, MOTE_MOST_PAYLOADS);
  for (uint32_t i = 0; i < *count; i++) {
    uint8_t component[8] = {0x82, 0x44, 'm', 'o', 't', 'e', 0x41, (uint8_t)i};
    expect(r, component, sizeof component);
  }
}

/* Digest and size of the next payload in the shared sequence. */
static uint32_t read_image(mote_reader_t *in, uint32_t index, const uint8_t **digest) {
  static const uint8_t parameters[] = {20, 0xa2, 3, 0x58, 0x24, 0x82, 0x2f, 0x58, SHA_256};
  static const uint8_t size_key = 14;
  expect_index(in, index);
  expect(in, parameters, sizeof parameters);
  if (in->error != MOTE_OK || (uint32_t)(in->end - in->at) < SHA_256) {
    mote_refuse(in, MOTE_COMMANDS);
    return 0;
  }
  *digest = in->at;
  in->at += SHA_256;
  expect(in, &size_key, 1);
  return (uint32_t)mote_read_int(in, 1, MOTE_MOST_BYTES);
}

static void read_common(mote_reader_t *r, mote_manifest_t *m) {
  mote_reader_t common = mote_read(mote_read_bytes(r));
  mote_map_t map = mote_open_map(&common);
  mote_require(&common, &map, 2);
  read_components(&common, &m->payload_count);
  mote_require(&common, &map, 4);
  mote_reader_t in = mote_read(mote_read_bytes(&common));
  expect_array(&in, 4u * m->payload_count);
  m->images = in;
  for (uint32_t i = 0; i < m->payload_count; i++) {
    const uint8_t *digest;
    (void)read_image(&in, i, &digest);
  }
  expect_end(&in);
  mote_refuse(&common, in.error);
  mote_close_map(&common, &map);
  mote_refuse(r, common.error);
}

static void read_validate(mote_reader_t *r, uint32_t payloads) {
  static const uint8_t match[] = {3, 15};
  mote_reader_t in = open_sequence(r);
  expect_array(&in, 4 * payloads);
  for (uint32_t i = 0; i < payloads; i++) {
    expect_index(&in, i);
    expect(&in, match, sizeof match);
  }
  expect_end(&in);
  mote_refuse(r, in.error);
}

static void read_install(mote_reader_t *r, uint32_t payloads) {
  mote_reader_t in = open_sequence(r);
  expect_array(&in, 8 * payloads);
  for (uint32_t i = 0; i < payloads; i++) {
    uint8_t fetch[] = {20, 0xa1, 21, 0x62, '#', (uint8_t)('0' + i), 21, 15, 3, 15};
    expect_index(&in, i);
    expect(&in, fetch, sizeof fetch);
  }
  expect_end(&in);
  mote_refuse(r, in.error);
}

static void read_version_number(mote_reader_t *r) {
  if (mote_read_int(r, INT64_MIN, INT64_MAX) != 1) {
    mote_refuse(r, MOTE_UNSUPPORTED_VERSION);
  }
}

/* A version for people: 1 to 64 letters, digits, '.', '+', '-'; the first is a letter or a digit. */
static mote_bytes_t read_version(mote_reader_t *r) {
  mote_bytes_t text = mote_read_text(r);
  bool holds = text.size <= 64;
  for (uint32_t i = 0; holds && i < text.size; i++) {
    uint8_t c = text.at[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    holds = letter || (i > 0 && (c == '.' || c == '+' || c == '-'));
  }
  if (!holds) {
    mote_refuse(r, MOTE_FIELD);
  }
  return text;
}

static void read_identity(mote_reader_t *r, mote_manifest_t *m) {
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  m->vendor = mote_read_exactly(r, 16);
  mote_require(r, &map, 2);
  m->module = mote_read_exactly(r, 16);
  mote_require(r, &map, 3);
  m->name = mote_read_name(r);
  mote_require(r, &map, 4);
  m->version = read_version(r);
  if (mote_find(r, &map, 5)) {
    (void)mote_read_text(r);
  }
  mote_close_map(r, &map);
}

static void read_provenance(mote_reader_t *r) {
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  (void)mote_read_exactly(r, SHA_256);
  for (int64_t key = 2; key <= 4; key++) {
    mote_require(r, &map, key);
    if (key == 4) {
      (void)mote_read_text(r);
    } else {
      (void)mote_read_name(r);
    }
  }
  if (mote_find(r, &map, 5)) {
    mote_map_t options = mote_open_map(r);
    if (options.left < 1 || options.left > 32) {
      mote_refuse(r, MOTE_FIELD);
    }
    for (; r->error == MOTE_OK && options.left > 0; options.left--) {
      (void)mote_read_name(r);
      (void)mote_read_text(r);
    }
  }
  mote_close_map(r, &map);
}

static void read_description(mote_reader_t *r, mote_manifest_t *m) {
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  read_version_number(r);
  mote_require(r, &map, 2);
  read_identity(r, m);
  mote_require(r, &map, 3);
  read_provenance(r);
  mote_require(r, &map, 4);
  mote_reader_t payloads = *r;
  (void)mote_read_array(&payloads, m->payload_count, m->payload_count);
  mote_refuse(r, payloads.error);
  m->payloads = payloads;
  mote_skip(r);
  mote_require(r, &map, 5);
  mote_read_signals(r, m->inputs, &m->input_count);
  mote_require(r, &map, 6);
  mote_read_signals(r, m->outputs, &m->output_count);
  for (uint32_t i = 0; r->error == MOTE_OK && i < m->payload_count; i++) {
    mote_payload_t payload;
    mote_refuse(r, mote_manifest_payload(m, i, &payload));
  }
  if (mote_find(r, &map, 7)) {
    mote_read_steps(r, m->input_count);
  }
  if (mote_find(r, &map, 8)) {
    mote_read_steps(r, m->output_count);
  }
  mote_require(r, &map, 9);
  mote_read_golden(r, m);
  if (mote_find(r, &map, 10)) {
    (void)mote_read_text(r);
  }
  while (mote_find_extension(r, &map)) {
  }
  mote_close_map(r, &map);
}

mote_error_t mote_manifest_read(mote_bytes_t encoded, mote_manifest_t *manifest) {
  memset(manifest, 0, sizeof *manifest);
  if (encoded.size > MOST_MANIFEST) {
    return MOTE_LIMIT;
  }
  mote_reader_t r = mote_read(encoded);
  mote_map_t map = mote_open_map(&r);
  mote_require(&r, &map, 1);
  read_version_number(&r);
  mote_require(&r, &map, 2);
  manifest->sequence = (uint64_t)mote_read_int(&r, 0, INT64_MAX);
  mote_require(&r, &map, 3);
  read_common(&r, manifest);
  mote_require(&r, &map, 7);
  read_validate(&r, manifest->payload_count);
  mote_require(&r, &map, 20);
  read_install(&r, manifest->payload_count);
  mote_require(&r, &map, EXTENSIONS);
  read_description(&r, manifest);
  mote_close_map(&r, &map);
  return r.error;
}

static void read_requirements(mote_reader_t *r, mote_payload_t *p) {
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  p->architecture = mote_read_name(r);
  if (mote_find(r, &map, 2)) {
    mote_bytes_t before = {NULL, 0};
    p->feature_count = mote_read_array(r, 1, 16);
    p->features = *r;
    for (uint32_t i = 0; i < p->feature_count; i++) {
      mote_bytes_t name = mote_read_name(r);
      uint32_t both = name.size < before.size ? name.size : before.size;
      int order = before.at == NULL ? -1 : memcmp(before.at, name.at, both);
      if (order > 0 || (order == 0 && before.size >= name.size)) {
        mote_refuse(r, MOTE_FIELD);
      }
      before = name;
    }
  }
  if (mote_find(r, &map, 3)) {
    p->abi = mote_read_name(r);
  }
  mote_require(r, &map, 4);
  p->ram_bytes = (uint64_t)mote_read_int(r, 0, MOST_RAM);
  mote_require(r, &map, 5);
  p->flash_bytes = (uint64_t)mote_read_int(r, 0, MOST_RAM);
  if (mote_find(r, &map, 6)) {
    p->runtime = (uint32_t)mote_read_int(r, 1, 1 << 24);
  }
  mote_close_map(r, &map);
}

static void read_blocks(mote_reader_t *r, mote_map_t *map, mote_payload_t *p) {
  mote_require(r, map, 3);
  p->block_size = (uint32_t)mote_read_int(r, 1 << 8, 1 << 20);
  if ((p->block_size & (p->block_size - 1)) != 0) {
    mote_refuse(r, MOTE_FIELD);
  }
  uint32_t count = r->error == MOTE_OK ? mote_payload_blocks(p) : 1;
  if (mote_find(r, map, 4)) {
    p->blocks = mote_read_exactly(r, count * SHA_256);
  }
  if ((p->blocks == NULL) != (count == 1) || count > 256) {
    mote_refuse(r, MOTE_FIELD);
  }
}

/* Whether one of the files before has this name too. */
static bool stands_before(mote_reader_t files, uint32_t count, mote_bytes_t name) {
  bool found = false;
  for (uint32_t i = 0; i < count; i++) {
    (void)mote_read_array(&files, 2, 2);
    mote_bytes_t other = mote_read_name(&files);
    (void)mote_read_int(&files, 1, MOTE_MOST_BYTES);
    found = found || (other.size == name.size && memcmp(other.at, name.at, name.size) == 0);
  }
  return found;
}

static void read_files(mote_reader_t *r, uint32_t size) {
  int64_t sum = 0;
  uint32_t count = mote_read_array(r, 1, MOST_FILES);
  mote_reader_t files = *r;
  for (uint32_t i = 0; i < count; i++) {
    (void)mote_read_array(r, 2, 2);
    mote_bytes_t name = mote_read_name(r);
    sum += mote_read_int(r, 1, MOTE_MOST_BYTES);
    if (r->error != MOTE_OK || stands_before(files, i, name)) {
      mote_refuse(r, MOTE_FIELD);
      return;
    }
  }
  if (sum != size) {
    mote_refuse(r, MOTE_FIELD);
  }
}

static mote_reader_t read_offsets(mote_reader_t *r, int64_t arena, const mote_signal_t *signals, uint32_t count) {
  (void)mote_read_array(r, count, count);
  mote_reader_t first = *r;
  for (uint32_t i = 0; i < count; i++) {
    int64_t most = arena - (int64_t)MOTE_SIGNAL_BYTES(signals[i]);
    (void)mote_read_int(r, 0, most < 0 ? 0 : most);
  }
  return first;
}

static void read_memory(mote_reader_t *r, const mote_manifest_t *m, mote_payload_t *p) {
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  p->arena_bytes = (uint32_t)mote_read_int(r, 0, INT64_C(1) << 31);
  mote_require(r, &map, 2);
  p->arena_alignment = (uint32_t)mote_read_int(r, 1, 4096);
  if ((p->arena_alignment & (p->arena_alignment - 1)) != 0) {
    mote_refuse(r, MOTE_FIELD);
  }
  mote_require(r, &map, 3);
  p->input_offsets = read_offsets(r, p->arena_bytes, m->inputs, m->input_count);
  mote_require(r, &map, 4);
  p->output_offsets = read_offsets(r, p->arena_bytes, m->outputs, m->output_count);
  for (int64_t key = 5; key <= 6; key++) {
    mote_require(r, &map, key);
    (void)mote_read_int(r, 0, MOST_RAM);
  }
  mote_close_map(r, &map);
}

static void read_measured(mote_reader_t *r) {
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  (void)mote_read_text(r);
  for (int64_t key = 2; key <= 5; key++) {
    if (mote_find(r, &map, key)) {
      (void)mote_read_int(r, 0, INT64_MAX);
    }
  }
  mote_close_map(r, &map);
}

mote_error_t mote_manifest_payload(const mote_manifest_t *manifest, uint32_t index, mote_payload_t *payload) {
  memset(payload, 0, sizeof *payload);
  payload->index = (uint8_t)index;
  mote_reader_t images = manifest->images;
  for (uint32_t i = 0; i <= index; i++) {
    payload->size = read_image(&images, i, &payload->digest);
  }
  mote_reader_t r = manifest->payloads;
  for (uint32_t i = 0; i < index; i++) {
    mote_skip(&r);
  }
  mote_refuse(&r, images.error);
  mote_map_t map = mote_open_map(&r);
  mote_require(&r, &map, 1);
  payload->kind = (uint8_t)mote_read_int(&r, MOTE_NATIVE, MOTE_SHARED_LIBRARY);
  mote_require(&r, &map, 2);
  read_requirements(&r, payload);
  read_blocks(&r, &map, payload);
  if (mote_find(&r, &map, 5)) {
    read_files(&r, payload->size);
  }
  if (mote_find(&r, &map, 6)) {
    payload->entry = mote_read_name(&r);
  }
  if (mote_find(&r, &map, 7)) {
    read_memory(&r, manifest, payload);
  }
  if (mote_find(&r, &map, 8)) {
    read_measured(&r);
  }
  mote_close_map(&r, &map);
  return r.error;
}

uint32_t mote_payload_blocks(const mote_payload_t *payload) {
  return (payload->size + payload->block_size - 1) / payload->block_size;
}

uint32_t mote_payload_block_bytes(const mote_payload_t *payload, uint32_t index) {
  uint32_t left = payload->size - index * payload->block_size;
  return left < payload->block_size ? left : payload->block_size;
}

const uint8_t *mote_payload_block_digest(const mote_payload_t *payload, uint32_t index) {
  return payload->blocks == NULL ? payload->digest : payload->blocks + index * SHA_256;
}
