/* The manifest of a module, read in place: section 4 of docs/spec/inference-module.md. Every field is checked as the
 * document says; what a device needs is in fixed structures that point into the manifest. */
#ifndef MOTE_MANIFEST_H
#define MOTE_MANIFEST_H

#include "runtime/cbor.h"

#define MOTE_MOST_PAYLOADS 8u
#define MOTE_MOST_SIGNALS 16u
#define MOTE_MOST_BYTES (INT64_C(1) << 26)

enum { MOTE_INT8 = 1, MOTE_UINT8, MOTE_INT16, MOTE_INT32, MOTE_INT64, MOTE_FLOAT32, MOTE_BOOL };

enum { MOTE_NATIVE = 1, MOTE_C_SOURCES, MOTE_TFLITE, MOTE_WEBASSEMBLY, MOTE_SHARED_LIBRARY };

/* Bytes of an input or output in the low 29 bits, its type in the other three. */
typedef uint32_t mote_signal_t;

#define MOTE_SIGNAL_BYTES(signal) ((signal) & 0x1fffffffu)
#define MOTE_SIGNAL_TYPE(signal) ((signal) >> 29)

typedef struct {
  uint64_t sequence;
  const uint8_t *vendor; /* 16 bytes */
  const uint8_t *module; /* 16 bytes */
  mote_bytes_t name;
  mote_bytes_t version;
  uint8_t payload_count;
  uint8_t input_count;
  uint8_t output_count;
  uint8_t golden_count;
  mote_signal_t inputs[MOTE_MOST_SIGNALS];
  mote_signal_t outputs[MOTE_MOST_SIGNALS];
  mote_reader_t images;   /* at the first group of the shared sequence */
  mote_reader_t payloads; /* at the first payload */
  mote_reader_t golden;   /* at the first golden vector */
} mote_manifest_t;

/* One form of the model. */
typedef struct {
  uint8_t index;
  uint8_t kind;
  uint32_t size;
  uint32_t block_size;
  const uint8_t *digest; /* SHA-256 of all of it */
  const uint8_t *blocks; /* SHA-256 of each block; null when there is one, which has the digest */
  mote_bytes_t architecture;
  uint32_t feature_count;
  mote_reader_t features; /* at the first name */
  mote_bytes_t abi;       /* of size 0 when it does not matter */
  uint64_t ram_bytes;
  uint64_t flash_bytes;
  uint32_t runtime;
  mote_bytes_t entry;     /* of size 0 when there is none */
  uint32_t arena_bytes;   /* 0 when there is no memory plan, as the alignment is */
  uint32_t arena_alignment;
  mote_reader_t input_offsets; /* at the first number */
  mote_reader_t output_offsets;
} mote_payload_t;

mote_error_t mote_manifest_read(mote_bytes_t encoded, mote_manifest_t *manifest);

/* Payload `index` of a manifest that was read. */
mote_error_t mote_manifest_payload(const mote_manifest_t *manifest, uint32_t index, mote_payload_t *payload);

/* How many blocks there are. */
uint32_t mote_payload_blocks(const mote_payload_t *payload);
/* Bytes of block `index`. */
uint32_t mote_payload_block_bytes(const mote_payload_t *payload, uint32_t index);
/* SHA-256 of block `index`. */
const uint8_t *mote_payload_block_digest(const mote_payload_t *payload, uint32_t index);

/* Parts of mote_manifest_read. */
void mote_read_signals(mote_reader_t *reader, mote_signal_t *signals, uint8_t *count);
void mote_read_steps(mote_reader_t *reader, uint32_t signals);
void mote_read_golden(mote_reader_t *reader, mote_manifest_t *manifest);

#endif
