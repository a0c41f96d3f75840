/* Installs inference modules into slots of flash, and says which one to run. Memory is the application's; nothing here
 * waits, allocates or recurses. The tour is in README.md. */
#ifndef MOTE_RUNTIME_H
#define MOTE_RUNTIME_H

#include "port/crypto.h"
#include "port/flash.h"
#include "runtime/decrypt.h"
#include "runtime/delta.h"
#include "runtime/head.h"
#include "runtime/state.h"

/* Times 1,000 plus the minor version; what a payload may require. */
#define MOTE_RUNTIME_VERSION 1000u

/* A module in a slot, all of it verified. */
typedef struct {
  uint8_t slot; /* or MOTE_NO_SLOT: there is none */
  mote_manifest_t manifest;
  mote_payload_t payload;
  const uint8_t *bytes; /* the payload, in flash */
} mote_module_t;

typedef struct {
  mote_flash_t flash;
  mote_crypto_t crypto;
  mote_trust_t trust;
  mote_device_t device;
  const mote_recipient_t *recipients; /* keys for encrypted payloads; null when there are none */
  uint32_t recipient_count;
  uint32_t state;       /* offset of the two sectors of the log */
  uint32_t slots;       /* offset of the first slot; the others follow */
  uint32_t slot_bytes;  /* a multiple of the sector */
  uint32_t lists;       /* offset of two places for trust lists, when they can be installed */
  uint32_t list_bytes;  /* of each: a multiple of the sector; 0 when they can not */
  uint8_t slot_count;   /* 2 to MOTE_MOST_SLOTS */
  uint8_t trial_boots;  /* how often a new module is started without being confirmed */
  /* Runs the golden vectors; null when the application trusts its modules unseen. */
  bool (*self_test)(void *context, const mote_module_t *module);
  void *self_test_context;
} mote_config_t;

/* A file that is being received. */
typedef struct {
  uint8_t step;
  uint8_t part;
  uint8_t entries; /* of the envelope, that are still to come */
  uint8_t slot;
  uint8_t length_bytes;
  uint8_t more; /* of these that are still to come */
  uint8_t carried; /* index of the payload that arrives, plus 1 */
  bool hashing;
  mote_error_t error;
  uint32_t place;   /* in the file */
  uint32_t length;  /* of the byte string at hand */
  uint32_t left;    /* of it */
  uint32_t done;    /* bytes of the payload that were stored */
  uint32_t flash_at; /* where the next unit is programmed */
  uint32_t filled;
  uint8_t unit[MOTE_FLASH_MOST_UNIT];
  uint8_t payload_count;
  mote_payload_t payload;
  mote_hash_t hash; /* of the block at hand */
  uint32_t travelled; /* bytes of the payload, as it travels */
#if MOTE_ENCRYPTION
  mote_decryption_t decryption;
#endif
#if MOTE_DELTAS
  mote_delta_t delta; /* its base has size 0 when it is none */
#endif
} mote_install_t;

typedef struct {
  const mote_config_t *config;
#if MOTE_TRUST_LISTS
  mote_trust_t trust; /* the application's, or that of an installed list */
#endif
  mote_log_t log;
  mote_state_t state;
  mote_module_t running;
  mote_install_t install;
} mote_runtime_t;

/* Once after each reset. Counts a start of a module on trial, rolls back when it had all of its starts or is damaged, and
 * sets `running`. The error is that of the confirmed module when it is damaged; then there is none. */
mote_error_t mote_start(mote_runtime_t *runtime, const mote_config_t *config);

/* Starts to receive a file into a slot that is not in use. */
mote_error_t mote_install_begin(mote_runtime_t *runtime);
/* Goes on with a download after a reset or a broken connection; `offset` is that of the next byte of the file. */
mote_error_t mote_install_resume(mote_runtime_t *runtime, uint32_t *offset);
/* The next bytes of the file, as many as there are. After an error the rest is refused with the same one. */
mote_error_t mote_install_write(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size);
/* Verifies what is in flash, tests it, and puts it on trial from the next start on. */
mote_error_t mote_install_finish(mote_runtime_t *runtime);

/* The module on trial is good: it is used from now on, and nothing older is accepted. */
mote_error_t mote_confirm(mote_runtime_t *runtime);
/* The module on trial is bad: the one before is used from the next start on. */
mote_error_t mote_roll_back(mote_runtime_t *runtime);

/* Starts to receive a trust list; a file that is being received is given up, and can be resumed. */
mote_error_t mote_trust_begin(mote_runtime_t *runtime);
mote_error_t mote_trust_write(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size);
/* Verifies it. From now on it is what counts, for the module in use from the next start on. */
mote_error_t mote_trust_finish(mote_runtime_t *runtime);

/* Parts that runtime.c and install.c share. */
uint32_t mote_slot_offset(const mote_config_t *config, uint8_t slot);
mote_bytes_t mote_slot_bytes(const mote_config_t *config, uint8_t slot);
/* Where a payload starts in its slot: at the sector behind the head and one byte. */
uint32_t mote_payload_offset(const mote_config_t *config, uint32_t head_size);
/* Reads and verifies all but the bytes of the payload, which is that of this index; or for MOTE_TO_INSTALL the one that the
 * device takes, of a module that it may install. */
#define MOTE_TO_INSTALL 0xffu
mote_error_t mote_load_head(const mote_runtime_t *runtime, uint8_t slot, uint8_t index, mote_module_t *module);
/* Reads and verifies all. */
mote_error_t mote_load(const mote_runtime_t *runtime, uint8_t slot, uint8_t index, mote_module_t *module);
#if MOTE_TRUST_LISTS
/* Takes the installed trust list as that which counts; when it is damaged, nothing is trusted but newer lists. */
mote_error_t mote_trust_start(mote_runtime_t *runtime);
static inline const mote_trust_t *mote_trust_of(const mote_runtime_t *runtime) { return &runtime->trust; }
#else
static inline mote_error_t mote_trust_start(mote_runtime_t *runtime) {
  (void)runtime;
  return MOTE_OK;
}
static inline const mote_trust_t *mote_trust_of(const mote_runtime_t *runtime) { return &runtime->config->trust; }
#endif
/* Whether these bytes have this SHA-256. */
bool mote_has_digest(const mote_crypto_t *crypto, const uint8_t *bytes, uint32_t size, const uint8_t *digest);

#endif
