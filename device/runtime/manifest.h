/* The manifest of a module, read in place: section 4 of docs/spec/inference-module.md. Once it was checked, its items are
 * reached by mote_field, mote_inside and mote_next, from the places that are kept here. */
#ifndef MOTE_MANIFEST_H
#define MOTE_MANIFEST_H

#include "runtime/cbor.h"

enum { MOTE_INT8 = 1, MOTE_UINT8, MOTE_INT16, MOTE_INT32, MOTE_INT64, MOTE_FLOAT32, MOTE_BOOL };

enum { MOTE_NATIVE = 1, MOTE_C_SOURCES, MOTE_TFLITE, MOTE_WEBASSEMBLY, MOTE_SHARED_LIBRARY };

/* Keys. */
enum { MOTE_IDENTITY = 2, MOTE_PAYLOADS = 4, MOTE_INPUTS, MOTE_OUTPUTS, MOTE_BEFORE, MOTE_AFTER, MOTE_GOLDEN };
enum { MOTE_IDENTITY_VENDOR = 1, MOTE_IDENTITY_MODULE, MOTE_IDENTITY_NAME, MOTE_IDENTITY_VERSION };
enum { MOTE_PAYLOAD_KIND = 1, MOTE_REQUIREMENTS, MOTE_BLOCK, MOTE_BLOCK_HASHES, MOTE_FILES, MOTE_ENTRY, MOTE_MEMORY };
enum { MOTE_ARCHITECTURE = 1, MOTE_FEATURES, MOTE_ABI, MOTE_RAM, MOTE_ROM, MOTE_RUNTIME };
enum { MOTE_ARENA = 1, MOTE_ALIGNMENT, MOTE_INPUT_OFFSETS, MOTE_OUTPUT_OFFSETS };

typedef struct {
  uint64_t sequence;
  const uint8_t *vendor;      /* 16 bytes */
  const uint8_t *module;      /* 16 bytes */
  const uint8_t *description; /* the map that all keys above are of, or of maps in it */
  const uint8_t *images;      /* digests and sizes of the payloads, in the shared sequence */
  uint8_t payload_count;
} mote_manifest_t;

/* One form of the model. */
typedef struct {
  const uint8_t *map;
  const uint8_t *digest; /* SHA-256 of all of it */
  mote_bytes_t hashes;   /* SHA-256 of each block; none when there is one, which has the digest */
  uint32_t size;
  uint32_t block_size;
  uint32_t arena_bytes; /* 0 when there is no memory plan, as the alignment is */
  uint16_t arena_alignment;
  uint8_t index;
  uint8_t kind;
} mote_payload_t;

mote_error_t mote_manifest_read(mote_bytes_t encoded, mote_manifest_t *manifest);

/* Payload `index` of a manifest that was read. */
void mote_manifest_payload(const mote_manifest_t *manifest, uint32_t index, mote_payload_t *payload);

/* Item `index` of a list in a map: an input, for instance. */
const uint8_t *mote_item(const uint8_t *map, uint8_t key, uint32_t index);

/* Bytes of an input or output; 0 when they are more than there may be. */
uint32_t mote_signal_bytes(const uint8_t *signal);
uint32_t mote_signal_type(const uint8_t *signal);

/* How many blocks there are. */
uint32_t mote_payload_blocks(const mote_payload_t *payload);
/* Bytes of block `index`. */
uint32_t mote_payload_block_bytes(const mote_payload_t *payload, uint32_t index);
/* SHA-256 of block `index`. */
const uint8_t *mote_payload_block_digest(const mote_payload_t *payload, uint32_t index);

#endif
