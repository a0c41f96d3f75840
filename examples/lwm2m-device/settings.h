/* What differs between devices that run the same image: read once at the start, from the text file `device.conf`, a name and a value
 * on each line. README.md lists them. On a device of your own this is what it is provisioned with. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "port/crypto.h"
#include "runtime/decrypt.h"
#include "runtime/trust.h"

enum { SETTINGS_BYTES = 2048, SETTINGS_VENDORS = 4, SETTINGS_PSK_BYTES = 32, SETTINGS_SECRET_BYTES = 32 };

/* What a device does wrong on purpose, so that tests see what a service makes of it. */
typedef enum {
  WELL_BEHAVED,
  FAILS_SELF_TEST, /* before a module is on trial */
  FAILS_TRIAL,     /* in its trial: the order to install was answered well */
  STALLS,          /* says nothing any more, from some byte of a download on */
  REBOOTS,         /* starts anew there, once for each download */
  LIES             /* about its memory: it says that it has much more */
} behaviour_t;

typedef struct {
  const char *endpoint;
  uint8_t server[4];
  uint16_t port;
  uint32_t lifetime_s;
  uint32_t awake_ms;    /* queue mode, when it is not 0 */
  uint32_t interval_ms; /* between two samples; 0: none are taken */
  uint32_t report_each; /* so many samples are reported once */
  const char *identity; /* of the pre-shared key; null: no security */
  uint8_t psk[SETTINGS_PSK_BYTES];
  uint32_t psk_size;
  mote_key_t vendors[SETTINGS_VENDORS];
  uint32_t vendor_count;
  mote_recipient_t recipient; /* by what it opens modules that are encrypted for it */
  bool has_recipient;
  uint8_t secret[SETTINGS_SECRET_BYTES];
  behaviour_t behaviour;
  uint32_t behaves_at; /* byte of a download */
} settings_t;

/* Takes a text apart, which stays in use. The first line that is wrong, or null when all are right. */
const char *settings_read(char *text, const mote_crypto_t *crypto, settings_t *settings);

#endif
