/* Authentication, manifest and transports of a module, as they stand at the start of its file and of a slot. */
#ifndef MOTE_HEAD_H
#define MOTE_HEAD_H

#include <stddef.h>

#include "port/crypto.h"
#include "runtime/delta.h"
#include "runtime/manifest.h"
#include "runtime/trust.h"

/* What the device is and has. */
typedef struct {
  const char *const *architectures; /* whose code it runs */
  uint32_t architecture_count;
  const char *const *features;
  uint32_t feature_count;
  const char *abi;      /* null when it does not matter */
  uint64_t ram_bytes;   /* for modules */
  uint64_t flash_bytes; /* for one module */
  uint32_t runtime;     /* version, times 1,000 plus the minor one */
  const uint8_t *kinds; /* that it takes, the best first */
  uint32_t kind_count;
} mote_device_t;

/* Reads and verifies a head: steps 1 to 4 of section 6.
 *
 * @param file      from the first byte of the file on; what follows the head does not matter
 * @param size      of the head, when it is right */
mote_error_t mote_head_verify(mote_bytes_t file, const mote_crypto_t *crypto, const mote_trust_t *trust,
                              mote_manifest_t *manifest, uint32_t *size);

/* How a payload travels. */
typedef struct {
  const uint8_t *base;    /* SHA-256 of the payload that it is a delta to; null when all of it travels */
  mote_bytes_t encrypted; /* COSE_Encrypt; of size 0 when it travels in the clear */
} mote_transport_t;

/* How payload `index` travels, of a head that was verified; an error when any transport is not as it should be. */
#if MOTE_STRICT || MOTE_ENCRYPTION || MOTE_DELTAS
#define MOTE_READS_TRANSPORTS 1
mote_error_t mote_head_transport(mote_bytes_t file, uint32_t index, mote_transport_t *transport);
#else
#define MOTE_READS_TRANSPORTS 0
/* What travels in another way than in full and in the clear has another size, or other bytes in its first block. */
static inline mote_error_t mote_head_transport(mote_bytes_t file, uint32_t index, mote_transport_t *transport) {
  static const mote_transport_t in_full = {NULL, {NULL, 0}};
  (void)file;
  (void)index;
  *transport = in_full;
  return MOTE_OK;
}
#endif

/* The payload that the device takes: step 6 of section 6. */
mote_error_t mote_choose(const mote_manifest_t *manifest, const mote_device_t *device, mote_payload_t *payload);

#endif
