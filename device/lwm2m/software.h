/* Object 9, Software Management, over the runtime (OMA LwM2M Software Management 1.0.1): a package is an inference module, written
 * to the device or fetched by it. Install verifies it, tests it, and starts the device anew with it on trial; the one that calls
 * mote_software_decide confirms it or goes back. */
#ifndef MOTE_LWM2M_SOFTWARE_H
#define MOTE_LWM2M_SOFTWARE_H

#include "lwm2m/keep.h"
#include "runtime/runtime.h"

#define MOTE_SOFTWARE_ID 9u

/* Update State. */
enum { MOTE_SOFTWARE_INITIAL, MOTE_SOFTWARE_DOWNLOADING, MOTE_SOFTWARE_DOWNLOADED, MOTE_SOFTWARE_DELIVERED, MOTE_SOFTWARE_INSTALLED };

/* Update Result. */
enum {
  MOTE_RESULT_INITIAL = 0,
  MOTE_RESULT_DOWNLOADING = 1,
  MOTE_RESULT_INSTALLED = 2,
  MOTE_RESULT_DELIVERED = 3,
  MOTE_RESULT_NO_ROOM = 50,
  MOTE_RESULT_CONNECTION = 52,
  MOTE_RESULT_INTEGRITY = 53,
  MOTE_RESULT_KIND = 54,
  MOTE_RESULT_URI = 56,
  MOTE_RESULT_OWN = 57, /* what a device defines: here, that the module is not newer than the one in use */
  MOTE_RESULT_FAILED = 58
};

/* State of object 33458, and its self-test. */
enum { MOTE_SLOT_EMPTY, MOTE_SLOT_RECEIVING, MOTE_SLOT_RECEIVED, MOTE_SLOT_TRIAL, MOTE_SLOT_ACTIVE, MOTE_SLOT_FORMER, MOTE_SLOT_REFUSED };
enum { MOTE_TEST_NOT_RUN, MOTE_TEST_PASSED, MOTE_TEST_FAILED };

typedef struct {
  uint8_t state;
  bool known; /* the manifest may be read: it lies in flash */
  mote_manifest_t manifest;
} mote_slot_view_t;

typedef struct {
  mote_lwm2m_t *client;
  mote_runtime_t *runtime;
  void *context;
  /* Starts the device anew. */
  void (*restart)(void *context);
  /* Bytes of a download have arrived: the first of them, at the end. Null where nobody needs to know. */
  void (*moved)(void *context, uint32_t bytes);
  mote_keep_t keep;
  mote_fetch_hooks_t hooks;
  mote_slot_view_t slots[MOTE_MOST_SLOTS];
  uint8_t state;
  bool taking;     /* a download is being taken */
  bool discarding; /* what arrives has been refused already */
  bool ordered;    /* to be installed, in a moment */
  uint8_t restarts; /* of a download whose beginning was of another file */
  bool fetch_wanted;
  uint32_t received; /* bytes of the file */
  uint32_t ordered_at;
  uint8_t version[20];
} mote_software_t;

/* After mote_start: what was going on before. The pointers above are set, `keep_base` is the offset of MOTE_KEEP_SECTORS of flash. */
void mote_software_start(mote_software_t *software, uint32_t keep_base);

/* Whether a module is on trial, and runs. */
bool mote_software_on_trial(const mote_software_t *software);
/* It is confirmed, or given up: then the device starts anew. */
void mote_software_decide(mote_software_t *software, bool good);

/* Whether the module in use is to be run. */
bool mote_software_active(const mote_software_t *software);

/* After each step of the client; how many milliseconds may pass until it is called again. */
uint32_t mote_software_step(mote_software_t *software);

mote_object_t mote_software_object(mote_software_t *software);

#endif
