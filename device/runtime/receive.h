/* Parts of an installation that receive.c and install.c share. */
#ifndef MOTE_RECEIVE_H
#define MOTE_RECEIVE_H

#include "runtime/runtime.h"

/* What the next byte is. */
enum {
  MOTE_IDLE,
  MOTE_START,
  MOTE_TAG,
  MOTE_ENTRIES,
  MOTE_KEY,
  MOTE_KEY_TRANSPORTS,
  MOTE_KEY_PAYLOAD,
  MOTE_KEY_INDEX,
  MOTE_LENGTH,
  MOTE_LENGTH_MORE,
  MOTE_BODY,
  MOTE_COMPLETE,
  MOTE_LIST
};

/* Which byte string of the envelope is next. */
enum { MOTE_AUTHENTICATION, MOTE_MANIFEST, MOTE_TRANSPORTS, MOTE_PAYLOAD };

/* Step 5 of section 6: MOTE_ROLLBACK when the module is below its floor, or one of its identity is installed that is not older.
 * Only what is installed anew is asked: raising a floor stops nothing that runs. */
mote_error_t mote_newer(const mote_runtime_t *runtime, const mote_manifest_t *manifest);

/* Gives up what is being received. */
void mote_install_reset(mote_runtime_t *runtime, uint8_t slot, uint8_t step);

/* Programs the unit at hand, and erases the sector when it is its first. */
mote_error_t mote_flush(const mote_flash_t *flash, mote_install_t *in);
/* Stores bytes behind the others; the caller knows that they fit. */
mote_error_t mote_store(const mote_flash_t *flash, mote_install_t *in, const uint8_t *bytes, uint32_t size);

/* The step in which a delta starts, and starts each segment. */
#define MOTE_DELTA_SEGMENT 0u

/* The payload in payload.c: what travels is decrypted, a delta is applied, blocks are compared and stored. */

/* The head of the payload's byte string was read. */
mote_error_t mote_payload_begin(mote_runtime_t *runtime);
/* Finds what was stored before a cut, and goes on there; MOTE_COMPLETE when all was. */
mote_error_t mote_payload_resume(mote_runtime_t *runtime, const mote_module_t *module);
/* A piece of the payload as it travels; how much of it is left in `size`. */
mote_error_t mote_payload_take(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t *size);
/* Forgets the content key. */
void mote_payload_end(mote_runtime_t *runtime);
/* Bytes as they will stand in flash, of one block. */
mote_error_t mote_payload_put(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size);
/* How many bytes the block at hand still lacks. */
uint32_t mote_payload_rest(const mote_install_t *install);
/* A byte that was put. */
uint8_t mote_payload_made(const mote_runtime_t *runtime, uint32_t offset);

/* A byte of a delta. */
mote_error_t mote_delta_take(mote_runtime_t *runtime, uint8_t byte);

#endif
