/* What the client must not forget over a restart, in two sectors of flash, one after the other. */
#ifndef MOTE_LWM2M_KEEP_H
#define MOTE_LWM2M_KEEP_H

#include "lwm2m/client.h"
#include "port/flash.h"

#define MOTE_KEEP_SECTORS 2u

typedef struct {
  uint64_t sequence;    /* of the module that is being installed */
  uint32_t last_error;  /* of the runtime; 0 for none */
  uint8_t installing;   /* since the order to install */
  uint8_t cleared;      /* since the order to make room for another module */
  uint8_t inactive;     /* the module in use is not to be run */
  uint8_t result;       /* Update Result */
  uint8_t failed_slot;  /* whose self-test failed, or MOTE_NO_SLOT */
  uint8_t pulling;      /* the download of `uri` is not complete */
  uint8_t self_test;    /* of the module in use: 0 not run, 1 passed, 2 failed */
  uint8_t unused;
  char uri[MOTE_LWM2M_URI_BYTES];
} mote_kept_t;

typedef struct {
  const mote_flash_t *flash;
  uint32_t base;    /* of the two sectors */
  uint32_t counter; /* of the newest record */
  mote_kept_t now;  /* what was saved last; change it, then save it */
} mote_keep_t;

/* Finds the newest record; on a new device there is none, and all is 0. */
void mote_keep_load(mote_keep_t *keep, const mote_flash_t *flash, uint32_t base);

/* When it returns, or when the power fails at any time, the record is the new or the old one. */
bool mote_keep_save(mote_keep_t *keep);

#endif
