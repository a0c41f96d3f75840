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
  MOTE_COMPLETE
};

/* Which byte string of the envelope is next. */
enum { MOTE_AUTHENTICATION, MOTE_MANIFEST, MOTE_TRANSPORTS, MOTE_PAYLOAD };

/* MOTE_ROLLBACK when a module of this identity is installed that is not older. */
mote_error_t mote_newer(const mote_state_t *state, const mote_manifest_t *manifest);

void mote_start_block(const mote_crypto_t *crypto, mote_install_t *install);

#endif
