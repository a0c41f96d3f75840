/* What a device must not forget, in two sectors of flash: a log of records, of which the newest whole one counts. */
#ifndef MOTE_STATE_H
#define MOTE_STATE_H

#include "port/flash.h"
#include "runtime/error.h"

#define MOTE_MOST_SLOTS 4u
#define MOTE_NO_SLOT 0xffu
#define MOTE_STATE_SECTORS 2u

typedef struct {
  uint8_t confirmed; /* slot of the module that is used, or MOTE_NO_SLOT */
  uint8_t trial;     /* slot of a module that is not confirmed yet, or MOTE_NO_SLOT */
  uint8_t boots;     /* how many starts the module on trial still has */
  uint8_t receiving; /* slot of a download, or MOTE_NO_SLOT */
  uint8_t payload[MOTE_MOST_SLOTS]; /* index of the payload in each slot */
  uint64_t sequence;      /* of the module that is used; older ones of the same vendor and module are refused */
  uint64_t list_sequence; /* older trust lists are refused, also when this one is damaged */
  uint32_t list_bytes;    /* of the trust list's file */
  uint32_t place;     /* where the payload of the download starts in the file */
  uint32_t length;    /* bytes of it, as it travels */
  uint32_t travelled; /* those of a delta that made the next ones */
  uint32_t made;      /* bytes of the payload that are stored, as far as a download of a delta can be resumed */
  uint32_t rollbacks; /* how often a trial failed */
  uint8_t vendor[16];
  uint8_t module[16];
  uint8_t list; /* place of the trust list that counts, from 1 on; 0 for the application's */
} mote_state_t;

typedef struct {
  uint32_t base;    /* of the two sectors */
  uint32_t sector;  /* the one that is written to: 0 or 1 */
  uint32_t next;    /* where in it the next record goes */
  uint32_t counter; /* of the newest record */
} mote_log_t;

/* Finds the newest record; when there is none, the state is that of a new device. */
void mote_state_load(mote_log_t *log, const mote_flash_t *flash, uint32_t base, mote_state_t *state);

/* Writes a record. When it returns, or when the power fails at any time, the state is the new or the old one. */
mote_error_t mote_state_save(mote_log_t *log, const mote_flash_t *flash, const mote_state_t *state);

#endif
